-- I18b. Length of stay in shelters. Written by `make schemas` from warehouse/indicators/i18b.yaml: change that, not this.
{{ indicator(
    id="I18b",
    version=1,
    counting_unit="STAY",
    fact="fct_shelter_stays",
    measures=[
        {"name": "over_90_nights", "kind": "SHARE", "unit": "SHARE", "numerator": "length in ('91-180', '181+')", "denominator": "true", "known": "length not in ('U', 'NR')", "parts": [], "per": 1},
        {"name": "lengths", "kind": "SHARE", "unit": "SHARE", "numerator": "true", "denominator": "true", "known": "length not in ('U', 'NR')", "parts": ["length"], "per": 1},
        {"name": "returned", "kind": "SHARE", "unit": "SHARE", "numerator": "destination = 'RETURNED'", "denominator": "true", "known": "destination not in ('U', 'NA', 'NR', 'REF')", "parts": [], "per": 1},
    ],
    breakdowns=["accommodation", "children_band", "sex", "age_group"],
    where="ended_on is not null"
) }}
