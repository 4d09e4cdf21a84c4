-- Directive (EU) 2024/1385, art. 44, as recalled: verify before filing. Violence against women and domestic violence by
-- sex and age group of victim and offender, relationship and offence; shelters, their places, calls. To EIGE, every year.
{%- set offender = {'perpetrator_sex': 'stated.perpetrator_sex', 'perpetrator_age_group': 'stated.perpetrator_age_band'} %}
{%- set by = dict({'sex': 'stated.sex', 'age_group': 'stated.age_group', 'offence': 'stated.offence',
    'relationship': relationship_group('stated.relationship')}, **offender) %}
{%- set violence = "substr(stated.offence, 1, 2) in ('01', '02', '03', 'X5', 'X6', 'X7')" %}
{%- set counts = [published('VAW44')] %}
{%- for scope in ['IPV', 'DV', 'ANY'] %}
{%- do counts.append(counted('OFFENCES', ref('fct_offences'), 'stated.year', by,
    "stated.reported_to_police = 'Y' and not stated.is_counted_elsewhere and " ~ violence, scope=scope)) %}
{%- do counts.append(counted('CONVICTIONS', ref('fct_justice_stages'), 'stated.year', by,
    "stated.stage = 'CONVICTED' and " ~ violence, scope=scope)) %}
{%- endfor %}
{{ return_pack('VAW44', counts + [
    tabled('OFFENCES', "stated.unit = 'OFFENCE' and " ~ violence, 'stated.year'),
    tabled('KILLED', "stated.unit = 'PERSON' and stated.offence = '0101'", 'stated.year'),
    counted('SHELTERS', ref('int_shelter_years'), 'stated.year', {'detail': 'stated.accommodation'},
        quantity='stated.houses'),
    counted('SHELTER_PLACES', ref('int_shelter_years'), 'stated.year', {'detail': 'stated.places_unit'},
        quantity='stated.places', added=false),
    counted('HELPLINE_CALLS', ref('int_helpline_years'), 'stated.year', {'detail': 'stated.line'},
        quantity='stated.calls_offered'),
]) }}
