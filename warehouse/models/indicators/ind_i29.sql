-- I29. Overdue index of milestones. Written by `make schemas` from warehouse/indicators/i29.yaml: change that, not this.
{{ indicator(
    id="I29",
    version=1,
    counting_unit="MILESTONE",
    fact="fct_milestones",
    measures=[
        {"name": "weighted_days", "kind": "RATIO", "unit": "DAYS", "denominator": "true", "known": "true", "amount": "greatest(as_of - due_on, 0) * weight", "of_amount": "1", "parts": [], "per": 1},
        {"name": "overdue", "kind": "SHARE", "unit": "SHARE", "numerator": "due_on < as_of", "denominator": "true", "known": "true", "parts": [], "per": 1},
    ],
    breakdowns=["plan", "programme", "basis"],
    where="is_current and done_on is null",
    judged=true
) }}
