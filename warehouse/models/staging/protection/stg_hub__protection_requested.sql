-- A measure of protection was asked for. The counting unit is the measure.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, nationality_group, region, offence,
    violence_forms, relationship, cohabiting, measure, legal_basis, requested_by
from {{ source('raw', 'protection_requested') }}
