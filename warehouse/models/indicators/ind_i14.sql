-- I14. Information on rights within 7 days. Written by `make schemas` from warehouse/indicators/i14.yaml: change that, not this.
{{ indicator(
    id="I14",
    version=1,
    counting_unit="PERSON",
    fact="fct_cases",
    measures=[
        {"name": "share", "kind": "SHARE", "unit": "SHARE", "numerator": "informed_on <= opened_on + 7", "denominator": "true", "known": "opened_precision = 'D'", "parts": [], "per": 1},
    ],
    breakdowns=["tier", "entry_source", "region", "context", "sex", "age_group", "nationality_group"],
    persons=true,
    subjects=true,
    date="opened_on",
    precision="opened_precision",
    days=7
) }}
