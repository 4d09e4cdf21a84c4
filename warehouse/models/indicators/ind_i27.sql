-- I27. Cross-border referrals answered in time. Written by `make schemas` from warehouse/indicators/i27.yaml: change that, not this.
{{ indicator(
    id="I27",
    version=1,
    counting_unit="REFERRAL",
    fact="fct_referrals",
    measures=[
        {"name": "in_time", "kind": "SHARE", "unit": "SHARE", "numerator": "(decided_on - sent_on) * 24 <= response_wished_hours", "denominator": "response_wished_hours is not null", "known": "sent_precision = 'D'", "parts": [], "per": 1},
        {"name": "decided", "kind": "SHARE", "unit": "SHARE", "numerator": "decided_on is not null", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "decided_median", "kind": "QUANTILE", "unit": "DAYS", "denominator": "true", "known": "true", "value": "case when sent_precision = 'D' then decided_on - sent_on end", "at": 0.5, "parts": [], "per": 1},
    ],
    breakdowns=["direction", "priority", "to_tier", "context", "sex", "age_group"],
    where="is_cross_border",
    date="sent_on",
    precision="sent_precision",
    days=30
) }}
