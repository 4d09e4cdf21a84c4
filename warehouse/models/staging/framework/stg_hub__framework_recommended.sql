-- A body recommends something to a country.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, own_country, programme, recommendation, body, document, paragraph, issued_on, instrument,
    requirement, urgency, target_group, title, status, measures
from {{ source('raw', 'framework_recommended') }}
