-- I18. Shelter occupancy. Written by `make schemas` from warehouse/indicators/i18.yaml: change that, not this.
{{ indicator(
    id="I18",
    version=1,
    counting_unit="PLACE_DAY",
    fact="fct_shelter_periods",
    measures=[
        {"name": "family_places", "kind": "RATIO", "unit": "SHARE", "denominator": "places_unit = 'FAMILY_PLACE'", "known": "true", "amount": "days_occupied", "of_amount": "days_available", "parts": [], "per": 1},
        {"name": "beds", "kind": "RATIO", "unit": "SHARE", "denominator": "places_unit = 'BED'", "known": "true", "amount": "days_occupied", "of_amount": "days_available", "parts": [], "per": 1},
        {"name": "rooms", "kind": "RATIO", "unit": "SHARE", "denominator": "places_unit = 'ROOM'", "known": "true", "amount": "days_occupied", "of_amount": "days_available", "parts": [], "per": 1},
    ],
    breakdowns=["region", "accommodation"],
    stated_twice=true
) }}
