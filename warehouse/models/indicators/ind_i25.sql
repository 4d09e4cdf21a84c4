-- I25. Training reach. Written by `make schemas` from warehouse/indicators/i25.yaml: change that, not this.
{{ indicator(
    id="I25",
    version=1,
    counting_unit="PROFESSIONAL",
    fact="fct_trainings",
    measures=[
        {"name": "trained", "kind": "SUM", "unit": "NUMBER", "denominator": "true", "known": "true", "amount": "participants", "parts": [], "per": 1},
        {"name": "specialist", "kind": "SUM", "unit": "NUMBER", "numerator": "level = 'SPECIALIST'", "denominator": "true", "known": "level <> 'NR'", "amount": "participants", "parts": [], "per": 1},
        {"name": "per_hundred_in_post", "kind": "RATE", "unit": "PER_100", "denominator": "true", "known": "true", "amount": "participants", "parts": [], "per": 100, "denominator_of": {"fact": "fct_indicator_values", "amount": "value", "where": "indicator = 'PROFESSIONALS_IN_POST' and period_type = 'Y' and coalesce(array_length(breakdown, 1), 0) = 0", "columns": {}, "yearly": true, "stock": ["indicator", "area"]}},
    ],
    breakdowns=["profession", "level", "mandatory", "region"]
) }}
