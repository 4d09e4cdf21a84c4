-- A training of professionals.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    held_on, programme, pillar, region, language, profession, level, mandatory, hours, participants,
    participants_women, participants_men, score_before, score_after
from {{ source('raw', 'training_held') }}
