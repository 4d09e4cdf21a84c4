-- I05. Police share of entries. Written by `make schemas` from warehouse/indicators/i05.yaml: change that, not this.
{{ indicator(
    id="I05",
    version=1,
    counting_unit="REGISTRATION",
    fact="fct_cases",
    measures=[
        {"name": "share", "kind": "SHARE", "unit": "SHARE", "numerator": "entry_source = 'POLICE'", "denominator": "true", "known": "entry_source not in ('U', 'NA', 'NR', 'REF')", "parts": [], "per": 1},
        {"name": "sources", "kind": "SHARE", "unit": "SHARE", "numerator": "true", "denominator": "true", "known": "entry_source not in ('U', 'NA', 'NR', 'REF')", "parts": ["entry_source"], "per": 1},
    ],
    breakdowns=["tier", "region", "offence", "context", "sex", "age_group"]
) }}
