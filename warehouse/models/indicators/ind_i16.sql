-- I16. Shelter family places per 10,000. Written by `make schemas` from warehouse/indicators/i16.yaml: change that, not this.
{{ indicator(
    id="I16",
    version=1,
    counting_unit="PLACE",
    fact="fct_shelter_periods",
    measures=[
        {"name": "per_10000", "kind": "RATE", "unit": "PER_10000", "denominator": "true", "known": "true", "amount": "places", "parts": [], "per": 10000, "denominator_of": {"fact": "dim_populations", "amount": "population", "where": "is_country and sex = 'ALL' and age_group = 'ALL'", "columns": {}, "yearly": true, "stock": []}},
        {"name": "places", "kind": "SUM", "unit": "NUMBER", "denominator": "true", "known": "true", "amount": "places", "parts": [], "per": 1},
    ],
    breakdowns=["region", "accommodation"],
    where="places_unit = 'FAMILY_PLACE'",
    stock=["stream", "part"]
) }}
