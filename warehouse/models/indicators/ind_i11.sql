-- I11. Reassessment after a trigger. Written by `make schemas` from warehouse/indicators/i11.yaml: change that, not this.
{{ indicator(
    id="I11",
    version=1,
    counting_unit="TRIGGER",
    fact="fct_triggers",
    measures=[
        {"name": "within_30_days", "kind": "SHARE", "unit": "SHARE", "numerator": "reviewed_on <= triggered_on + 30", "denominator": "true", "known": "triggered_precision = 'D'", "parts": [], "per": 1},
        {"name": "ever", "kind": "SHARE", "unit": "SHARE", "numerator": "reviewed_on is not null", "denominator": "true", "known": "true", "parts": [], "per": 1},
    ],
    breakdowns=["trigger", "region", "context", "sex", "age_group"],
    date="triggered_on",
    precision="triggered_precision",
    days=30
) }}
