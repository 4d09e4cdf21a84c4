-- Two custodians approved an act that no single person may order. It was stated before the act was carried out.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    act, kind, digest, document, approvals, custodians, valid_until
from {{ source('raw', 'act_approved') }}
