-- I20. Protection orders granted and breached. Written by `make schemas` from warehouse/indicators/i20.yaml: change that, not this.
{{ indicator(
    id="I20",
    version=1,
    counting_unit="ORDER",
    fact="fct_protections",
    measures=[
        {"name": "applied", "kind": "COUNT", "unit": "NUMBER", "numerator": "true", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "granted", "kind": "SHARE", "unit": "SHARE", "numerator": "granted_on is not null", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "breached", "kind": "SHARE", "unit": "SHARE", "numerator": "breached_on is not null", "denominator": "granted_on is not null", "known": "true", "parts": [], "per": 1},
    ],
    breakdowns=[
        "measure",
        "legal_basis",
        "requested_by",
        "decided_by",
        "region",
        "context",
        "relationship",
        "sex",
        "age_group",
    ],
    where="measure in ('EMERGENCY_BARRING', 'RESTRAINING', 'PROTECTION_ORDER', 'EUROPEAN_ORDER')"
) }}
