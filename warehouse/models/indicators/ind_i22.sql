-- I22. Attrition from report to sentence. Written by `make schemas` from warehouse/indicators/i22.yaml: change that, not this.
{{ indicator(
    id="I22",
    version=1,
    counting_unit="CASE",
    fact="indicator_justice_paths",
    measures=[
        {"name": "reported", "kind": "COUNT", "unit": "NUMBER", "numerator": "true", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "charged", "kind": "SHARE", "unit": "SHARE", "numerator": "is_charged", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "convicted", "kind": "SHARE", "unit": "SHARE", "numerator": "is_convicted", "denominator": "is_charged", "known": "true", "parts": [], "per": 1},
        {"name": "custodial", "kind": "SHARE", "unit": "SHARE", "numerator": "sentence = 'CUSTODIAL'", "denominator": "is_convicted", "known": "sentence not in ('U', 'NA', 'NR')", "parts": [], "per": 1},
    ],
    breakdowns=["offence", "context", "relationship", "region", "sex", "age_group", "perpetrator_sex"]
) }}
