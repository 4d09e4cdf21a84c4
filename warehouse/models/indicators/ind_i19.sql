-- I19. Helpline answer rate and volume. Written by `make schemas` from warehouse/indicators/i19.yaml: change that, not this.
{{ indicator(
    id="I19",
    version=1,
    counting_unit="CALL",
    fact="fct_helpline_periods",
    measures=[
        {"name": "answered", "kind": "RATIO", "unit": "SHARE", "denominator": "true", "known": "true", "amount": "calls_answered + coalesce(chats_answered, 0)", "of_amount": "calls_offered + coalesce(chats_offered, 0)", "parts": [], "per": 1},
        {"name": "offered", "kind": "SUM", "unit": "NUMBER", "denominator": "true", "known": "true", "amount": "calls_offered + coalesce(chats_offered, 0)", "parts": [], "per": 1},
        {"name": "answered_calls", "kind": "SUM", "unit": "NUMBER", "denominator": "true", "known": "true", "amount": "calls_answered + coalesce(chats_answered, 0)", "parts": [], "per": 1},
        {"name": "answered_per_100000", "kind": "RATE", "unit": "PER_100000", "denominator": "true", "known": "true", "amount": "calls_answered + coalesce(chats_answered, 0)", "parts": [], "per": 100000, "denominator_of": {"fact": "dim_populations", "amount": "population", "where": "is_country and sex = 'ALL' and age_group = 'ALL'", "columns": {}, "yearly": true, "stock": []}},
    ],
    breakdowns=["line"],
    where="breakdown = 'TOTAL'",
    stated_twice=true
) }}
