-- I03. Time to first contact. Written by `make schemas` from warehouse/indicators/i03.yaml: change that, not this.
{{ indicator(
    id="I03",
    version=1,
    counting_unit="REFERRAL",
    fact="fct_referrals",
    measures=[
        {"name": "attempt_median", "kind": "QUANTILE", "unit": "DAYS", "denominator": "true", "known": "true", "value": "case when sent_precision = 'D' then first_attempt_on - sent_on end", "at": 0.5, "parts": [], "per": 1},
        {"name": "contact_median", "kind": "QUANTILE", "unit": "DAYS", "denominator": "true", "known": "true", "value": "days_to_contact", "at": 0.5, "parts": [], "per": 1},
        {"name": "contact_p90", "kind": "QUANTILE", "unit": "DAYS", "denominator": "true", "known": "true", "value": "days_to_contact", "at": 0.9, "parts": [], "per": 1},
        {"name": "within_5_working_days", "kind": "SHARE", "unit": "SHARE", "numerator": "working_days_to_contact <= 5", "denominator": "true", "known": "sent_precision = 'D' and (contacted_on is null or working_days_to_contact is not null)", "parts": [], "per": 1},
        {"name": "within_wished_time", "kind": "SHARE", "unit": "SHARE", "numerator": "days_to_contact * 24 <= response_wished_hours", "denominator": "response_wished_hours is not null", "known": "sent_precision = 'D' and (contacted_on is null or days_to_contact is not null)", "parts": [], "per": 1},
    ],
    breakdowns=["priority", "source", "mode", "to_tier", "region", "context", "sex", "age_group"],
    where="cancelled_on is null",
    date="sent_on",
    precision="sent_precision",
    days=30
) }}
