-- Istanbul Convention, art. 11: what GREVIO's questionnaire asks for every year, by form of violence. As recalled: verify
-- before filing. An offence of several forms counts in each, and once in the total.
{%- set by = {'sex': 'stated.sex', 'age_group': 'stated.age_group', 'perpetrator_sex': 'stated.perpetrator_sex',
    'relationship': relationship_group('stated.relationship')} %}
{%- set orders = "stated.measure in ('EMERGENCY_BARRING', 'RESTRAINING', 'PROTECTION_ORDER', 'EUROPEAN_ORDER')" %}
{%- set of_victim = {'sex': 'stated.sex', 'age_group': 'stated.age_group', 'detail': 'stated.measure'} %}
{%- set counts = [published('IC11')] %}
{%- for item, of, where in [
    ('REPORTS', 'fct_offences', "stated.reported_to_police = 'Y' and not stated.is_counted_elsewhere"),
    ('INVESTIGATIONS', 'fct_justice_stages', "stated.stage = 'INVESTIGATED'"),
    ('PROSECUTIONS', 'fct_justice_stages', "stated.stage = 'PROSECUTED'"),
    ('CONVICTIONS', 'fct_justice_stages', "stated.stage = 'CONVICTED'"),
] %}
{%- do counts.append(counted(item, ref(of), 'stated.year', by, where ~ ' and array_length(stated.violence_forms, 1) > 0')) %}
{%- set forms = '(select facts.*, unnest(facts.violence_forms) as form from ' ~ ref(of) ~ ' as facts)' %}
{%- do counts.append(counted(item, forms, 'stated.year', dict(by, detail='stated.form'), where, added=false)) %}
{%- endfor %}
{{ return_pack('IC11', counts + [
    counted('ORDERS_ISSUED', ref('fct_protections'), 'extract(year from stated.granted_on)', of_victim,
        'stated.granted_on is not null and ' ~ orders),
    counted('ORDERS_BREACHED', ref('fct_protections'), 'extract(year from stated.breached_on)', of_victim,
        'stated.breached_on is not null and ' ~ orders),
    counted('SHELTERS', ref('int_shelter_years'), 'stated.year', {'detail': 'stated.accommodation'},
        quantity='stated.houses'),
    counted('SHELTER_PLACES', ref('int_shelter_years'), 'stated.year', {'detail': 'stated.places_unit'},
        quantity='stated.places', added=false),
    counted('HELPLINE_CALLS', ref('int_helpline_years'), 'stated.year', {'detail': 'stated.line'},
        quantity='stated.calls_offered'),
    counted('PEOPLE_TRAINED', ref('fct_trainings'), 'stated.year', {'detail': 'stated.profession'},
        quantity='stated.participants'),
    counted('TRAINING_HOURS', ref('fct_trainings'), 'stated.year', {'detail': 'stated.profession'},
        quantity='stated.hours', where='stated.hours is not null'),
]) }}
