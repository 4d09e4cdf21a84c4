-- I04. Police referral coverage. Written by `make schemas` from warehouse/indicators/i04.yaml: change that, not this.
{{ indicator(
    id="I04",
    version=1,
    counting_unit="PERSON",
    fact="fct_cases",
    measures=[
        {"name": "per_hundred", "kind": "RATE", "unit": "PER_100", "numerator": "entry_source = 'POLICE'", "denominator": "true", "known": "entry_source not in ('U', 'NA', 'NR', 'REF')", "parts": [], "per": 100, "denominator_of": {"fact": "fct_indicator_values", "amount": "value", "where": "indicator = 'POLICE_VICTIMS' and period_type = 'Y' and coalesce(array_length(breakdown, 1), 0) = 0", "columns": {}, "yearly": true, "stock": ["indicator", "area"]}},
    ],
    breakdowns=[],
    persons=true,
    subjects=true,
    periods=["Y"]
) }}
