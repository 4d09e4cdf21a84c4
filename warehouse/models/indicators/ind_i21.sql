-- I21. Killings known to victim support. Written by `make schemas` from warehouse/indicators/i21.yaml: change that, not this.
{{ indicator(
    id="I21",
    version=1,
    counting_unit="OFFENCE",
    fact="fct_offences",
    measures=[
        {"name": "killed", "kind": "COUNT", "unit": "NUMBER", "numerator": "true", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "femicide_by_partner", "kind": "COUNT", "unit": "NUMBER", "numerator": "contexts && array['FEMICIDE_IP']", "denominator": "true", "known": "relationship not in ('90', 'U', 'NR', 'REF')", "parts": [], "per": 1},
        {"name": "femicide_in_family", "kind": "COUNT", "unit": "NUMBER", "numerator": "contexts && array['FEMICIDE_FAM']", "denominator": "true", "known": "relationship not in ('90', 'U', 'NR', 'REF')", "parts": [], "per": 1},
        {"name": "femicide_by_partner_per_100000", "kind": "RATE", "unit": "PER_100000", "numerator": "contexts && array['FEMICIDE_IP']", "denominator": "true", "known": "relationship not in ('90', 'U', 'NR', 'REF')", "parts": [], "per": 100000, "denominator_of": {"fact": "dim_populations", "amount": "population", "where": "is_country and sex = 'F' and age_group = 'ALL'", "columns": {}, "yearly": true, "stock": []}},
    ],
    breakdowns=["relationship"],
    where="offence = '0101' and is_counted_elsewhere is not true",
    periods=["Y"]
) }}
