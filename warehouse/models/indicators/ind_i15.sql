-- I15. Support without complaint. Written by `make schemas` from warehouse/indicators/i15.yaml: change that, not this.
{{ indicator(
    id="I15",
    version=1,
    counting_unit="PERSON",
    fact="fct_offences",
    measures=[
        {"name": "share", "kind": "SHARE", "unit": "SHARE", "numerator": "reported_to_police = 'N'", "denominator": "true", "known": "reported_to_police in ('Y', 'N')", "parts": [], "per": 1},
    ],
    breakdowns=["offence", "context", "primary_form", "relationship", "region", "sex", "age_group"],
    where="is_counted_elsewhere is not true",
    persons=true,
    subjects=true
) }}
