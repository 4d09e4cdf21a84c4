-- I07. From generic to specialist support. Written by `make schemas` from warehouse/indicators/i07.yaml: change that, not this.
{{ indicator(
    id="I07",
    version=1,
    counting_unit="PERSON",
    fact="fct_cases",
    measures=[
        {"name": "share", "kind": "SHARE", "unit": "SHARE", "numerator": "specialist_engaged_on <= opened_on + 60", "denominator": "true", "known": "opened_precision = 'D'", "parts": [], "per": 1},
        {"name": "share_with_specific_needs", "kind": "SHARE", "unit": "SHARE", "numerator": "specialist_engaged_on <= opened_on + 60", "denominator": "specific_needs = 'Y'", "known": "opened_precision = 'D'", "parts": [], "per": 1},
    ],
    breakdowns=["context", "region", "sex", "age_group", "entry_source"],
    where="tier = 'GENERIC' and context in ('IPV', 'DV', 'SEX')",
    persons=true,
    subjects=true,
    date="opened_on",
    precision="opened_precision",
    days=60
) }}
