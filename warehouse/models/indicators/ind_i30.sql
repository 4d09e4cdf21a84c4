-- I30. Completeness and timeliness of data. Written by `make schemas` from warehouse/indicators/i30.yaml: change that, not this.
{{ indicator(
    id="I30",
    version=1,
    counting_unit="DELIVERY",
    fact="int_deliveries_expected",
    measures=[
        {"name": "delivered", "kind": "SHARE", "unit": "SHARE", "numerator": "is_delivered", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "on_time", "kind": "SHARE", "unit": "SHARE", "numerator": "is_on_time", "denominator": "true", "known": "true", "parts": [], "per": 1},
    ],
    breakdowns=["dataset"]
) }}
