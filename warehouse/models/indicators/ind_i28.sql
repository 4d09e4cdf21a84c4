-- I28. Measures on track. Written by `make schemas` from warehouse/indicators/i28.yaml: change that, not this.
{{ indicator(
    id="I28",
    version=1,
    counting_unit="MEASURE",
    fact="indicator_measures_judged",
    measures=[
        {"name": "on_track", "kind": "SHARE", "unit": "SHARE", "numerator": "rag_computed in ('GREEN', 'BLUE')", "denominator": "true", "known": "true", "parts": [], "per": 1},
        {"name": "not_reported", "kind": "SHARE", "unit": "SHARE", "numerator": "rag_computed = 'GREY'", "denominator": "true", "known": "true", "parts": [], "per": 1},
    ],
    breakdowns=["plan", "pillar", "kind", "basis", "rag_computed"],
    where="starts_on <= as_of and self_status is distinct from 'CANCELLED' and self_status is distinct from 'SUPERSEDED'",
    partners=false,
    judged=true
) }}
