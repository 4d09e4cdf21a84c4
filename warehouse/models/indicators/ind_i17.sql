-- I17. Shelter requests refused. Written by `make schemas` from warehouse/indicators/i17.yaml: change that, not this.
{{ indicator(
    id="I17",
    version=1,
    counting_unit="REQUEST",
    fact="fct_shelter_requests",
    measures=[
        {"name": "share", "kind": "SHARE", "unit": "SHARE", "numerator": "outcome = 'REFUSED' and reason not in ('CLIENT_WITHDREW', 'DUPLICATE')", "denominator": "true", "known": "outcome not in ('U', 'NR')", "parts": ["reason"], "per": 1},
        {"name": "no_room", "kind": "SHARE", "unit": "SHARE", "numerator": "outcome = 'REFUSED' and reason = 'NO_CAPACITY'", "denominator": "true", "known": "outcome not in ('U', 'NR')", "parts": [], "per": 1},
        {"name": "waited_median", "kind": "QUANTILE", "unit": "DAYS", "denominator": "true", "known": "true", "value": "waited_days", "at": 0.5, "parts": [], "per": 1},
    ],
    breakdowns=["accommodation", "children_band", "source", "sex", "age_group", "nationality_group"],
    where="outcome <> 'WITHDRAWN'"
) }}
