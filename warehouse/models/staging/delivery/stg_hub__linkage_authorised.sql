-- On what basis in law a country's partners may link their records of one person.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    own_country, basis, article, purposes, valid_from
from {{ source('raw', 'linkage_authorised') }}
