-- I12. From specific needs to protection. Written by `make schemas` from warehouse/indicators/i12.yaml: change that, not this.
{{ indicator(
    id="I12",
    version=1,
    counting_unit="PERSON",
    fact="fct_cases",
    measures=[
        {"name": "share", "kind": "SHARE", "unit": "SHARE", "numerator": "measure_granted_on is not null", "denominator": "specific_needs = 'Y'", "known": "true", "parts": [], "per": 1},
    ],
    breakdowns=["tier", "region", "context", "sex", "age_group"],
    persons=true,
    subjects=true
) }}
