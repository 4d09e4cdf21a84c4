-- I02. Engagement rate within 30 days. Written by `make schemas` from warehouse/indicators/i02.yaml: change that, not this.
{{ indicator(
    id="I02",
    version=1,
    counting_unit="REFERRAL",
    fact="fct_referrals",
    measures=[
        {"name": "share", "kind": "SHARE", "unit": "SHARE", "numerator": "days_to_engage <= 30", "denominator": "true", "known": "sent_precision = 'D' and (engaged_on is null or days_to_engage is not null)", "parts": [], "per": 1},
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
    ],
    date="sent_on",
    precision="sent_precision",
    days=30
) }}
