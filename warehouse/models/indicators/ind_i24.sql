-- I24. Uptake by groups that are hard to reach. Written by `make schemas` from warehouse/indicators/i24.yaml: change that, not this.
{{ indicator(
    id="I24",
    version=1,
    counting_unit="PERSON",
    fact="fct_contacts",
    measures=[
        {"name": "men", "kind": "SHARE", "unit": "SHARE", "numerator": "sex = 'M'", "denominator": "true", "known": "sex not in ('U', 'NA', 'NR', 'REF')", "parts": [], "per": 1},
        {"name": "over_65", "kind": "SHARE", "unit": "SHARE", "numerator": "age_band in ('65-74', '75+')", "denominator": "true", "known": "age_band not in ('adult_u', 'child_u', 'U', 'NA', 'NR', 'REF')", "parts": [], "per": 1},
        {"name": "not_national", "kind": "SHARE", "unit": "SHARE", "numerator": "nationality_group <> 'NATIONAL'", "denominator": "true", "known": "nationality_group not in ('U', 'NA', 'NR', 'REF')", "parts": [], "per": 1},
        {"name": "region_index", "kind": "INDEX", "unit": "RATIO", "numerator": "length(region) = 4", "denominator": "true", "known": "length(region) = 4", "parts": [], "per": 1, "denominator_of": {"fact": "dim_populations", "amount": "population", "where": "not is_country and sex = 'ALL' and age_group = 'ALL'", "columns": {"region": "area"}, "yearly": true, "stock": []}},
    ],
    breakdowns=["region", "context"],
    persons=true,
    subjects=true,
    periods=["Y"]
) }}
