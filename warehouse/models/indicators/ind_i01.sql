-- I01. Referral acceptance rate. Written by `make schemas` from warehouse/indicators/i01.yaml: change that, not this.
{{ indicator(
    id="I01",
    version=1,
    counting_unit="REFERRAL",
    fact="fct_referrals",
    measures=[
        {"name": "share", "kind": "SHARE", "unit": "SHARE", "numerator": "is_accepted", "denominator": "cancelled_on is null", "known": "true", "parts": [], "per": 1},
    ],
    breakdowns=[
        "direction",
        "mode",
        "source",
        "from_tier",
        "to_tier",
        "priority",
        "region",
        "context",
        "sex",
        "age_group",
        "nationality_group",
    ]
) }}
