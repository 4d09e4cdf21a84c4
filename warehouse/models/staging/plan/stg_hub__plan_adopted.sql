-- A plan or programme came into force for a country.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, programme, own_country, level, title, language, adopted_on, starts_on, ends_on
from {{ source('raw', 'plan_adopted') }}
