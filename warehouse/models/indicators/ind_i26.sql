-- I26. People reached by programmes. Written by `make schemas` from warehouse/indicators/i26.yaml: change that, not this.
{{ indicator(
    id="I26",
    version=1,
    counting_unit="PERSON",
    fact="fct_activities",
    measures=[
        {"name": "new_people", "kind": "SUM", "unit": "NUMBER", "denominator": "true", "known": "true", "amount": "new_people", "parts": [], "per": 1},
    ],
    breakdowns=["programme", "area", "kind", "audience", "language", "led_by", "region"],
    persons=true
) }}
