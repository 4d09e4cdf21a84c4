-- I06. Referrals declined, by reason. Written by `make schemas` from warehouse/indicators/i06.yaml: change that, not this.
{{ indicator(
    id="I06",
    version=1,
    counting_unit="REFERRAL",
    fact="fct_referrals",
    measures=[
        {"name": "share", "kind": "SHARE", "unit": "SHARE", "numerator": "not is_accepted", "denominator": "is_accepted or declined_on is not null", "known": "true", "parts": ["decline_reason", "declined_by"], "per": 1},
    ],
    breakdowns=[
        "to_tier",
        "from_tier",
        "mode",
        "region",
        "context",
        "sex",
        "age_group",
        "nationality_group",
    ]
) }}
