-- I09. Sector answer profile. Written by `make schemas` from warehouse/indicators/i09.yaml: change that, not this.
{{ indicator(
    id="I09",
    version=1,
    counting_unit="PERSON",
    fact="fct_sector_answers",
    measures=[
        {"name": "referred", "kind": "SHARE", "unit": "SHARE", "numerator": "answer = 'REFERRED'", "denominator": "true", "known": "answer <> 'NR'", "parts": [], "per": 1},
        {"name": "provided_here", "kind": "SHARE", "unit": "SHARE", "numerator": "answer = 'PROVIDED_HERE'", "denominator": "true", "known": "answer <> 'NR'", "parts": [], "per": 1},
        {"name": "already_received", "kind": "SHARE", "unit": "SHARE", "numerator": "answer = 'ALREADY_RECEIVED'", "denominator": "true", "known": "answer <> 'NR'", "parts": [], "per": 1},
        {"name": "not_applicable", "kind": "SHARE", "unit": "SHARE", "numerator": "answer = 'NOT_APPLICABLE'", "denominator": "true", "known": "answer <> 'NR'", "parts": [], "per": 1},
        {"name": "declined", "kind": "SHARE", "unit": "SHARE", "numerator": "answer = 'DECLINED'", "denominator": "true", "known": "answer <> 'NR'", "parts": [], "per": 1},
        {"name": "unavailable", "kind": "SHARE", "unit": "SHARE", "numerator": "answer = 'UNAVAILABLE'", "denominator": "true", "known": "answer <> 'NR'", "parts": [], "per": 1},
    ],
    breakdowns=["sector", "region", "context", "sex", "age_group", "nationality_group"],
    persons=true,
    subjects=true
) }}
