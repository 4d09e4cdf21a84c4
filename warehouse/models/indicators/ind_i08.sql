-- I08. Referral chains and bounces. Written by `make schemas` from warehouse/indicators/i08.yaml: change that, not this.
{{ indicator(
    id="I08",
    version=1,
    counting_unit="PERSON",
    fact="fct_referrals",
    measures=[
        {"name": "bounced", "kind": "SHARE", "unit": "SHARE", "numerator": "is_bounced", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "chain_of_three", "kind": "SHARE", "unit": "SHARE", "numerator": "chain_length >= 3", "denominator": "true", "known": "true", "parts": [], "per": 1},
    ],
    breakdowns=["to_tier", "from_tier", "context", "region", "sex", "age_group"],
    persons=true,
    subjects=true
) }}
