-- I13. Needs met at closure. Written by `make schemas` from warehouse/indicators/i13.yaml: change that, not this.
{{ indicator(
    id="I13",
    version=1,
    counting_unit="NEED",
    fact="fct_needs",
    measures=[
        {"name": "met", "kind": "SHARE", "unit": "SHARE", "numerator": "status_at_closure = 'MET'", "denominator": "status_at_closure is not null and status_at_closure <> 'REFUSED'", "known": "status_at_closure not in ('U', 'NR')", "parts": [], "per": 1},
        {"name": "partly", "kind": "SHARE", "unit": "SHARE", "numerator": "status_at_closure = 'PARTLY'", "denominator": "status_at_closure is not null and status_at_closure <> 'REFUSED'", "known": "status_at_closure not in ('U', 'NR')", "parts": [], "per": 1},
    ],
    breakdowns=["need", "priority", "region", "context", "sex", "age_group"]
) }}
