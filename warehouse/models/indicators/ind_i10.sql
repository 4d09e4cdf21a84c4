-- I10. Individual assessment coverage. Written by `make schemas` from warehouse/indicators/i10.yaml: change that, not this.
{{ indicator(
    id="I10",
    version=1,
    counting_unit="PERSON",
    fact="fct_cases",
    measures=[
        {"name": "protection", "kind": "SHARE", "unit": "SHARE", "numerator": "protection_assessed_on <= opened_on + 14", "denominator": "true", "known": "opened_precision = 'D'", "parts": [], "per": 1},
        {"name": "support", "kind": "SHARE", "unit": "SHARE", "numerator": "support_assessed_on <= opened_on + 14", "denominator": "true", "known": "opened_precision = 'D'", "parts": [], "per": 1},
        {"name": "either", "kind": "SHARE", "unit": "SHARE", "numerator": "least(protection_assessed_on, support_assessed_on) <= opened_on + 14", "denominator": "true", "known": "opened_precision = 'D'", "parts": [], "per": 1},
    ],
    breakdowns=["tier", "entry_source", "region", "context", "sex", "age_group", "victim_role"],
    persons=true,
    subjects=true,
    date="opened_on",
    precision="opened_precision",
    days=14
) }}
