-- I23. Specialist coverage of regions. Written by `make schemas` from warehouse/indicators/i23.yaml: change that, not this.
{{ indicator(
    id="I23",
    version=1,
    counting_unit="AREA",
    fact="indicator_area_coverage",
    measures=[
        {"name": "any_specialist", "kind": "SHARE", "unit": "SHARE", "numerator": "has_specialist", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "gender_based_violence", "kind": "SHARE", "unit": "SHARE", "numerator": "has_gbv", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "sexual_violence", "kind": "SHARE", "unit": "SHARE", "numerator": "has_sv", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "children", "kind": "SHARE", "unit": "SHARE", "numerator": "has_child", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "assured_in_12_months", "kind": "SHARE", "unit": "SHARE", "numerator": "assured_on >= as_of - 365", "denominator": "true", "known": "true", "parts": [], "per": 1},
    ],
    breakdowns=["region"],
    partners=false,
    judged=true
) }}
