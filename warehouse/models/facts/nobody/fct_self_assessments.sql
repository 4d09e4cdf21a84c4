-- One row an organisation, dimension and day. A score is compared with the one before only where instrument and version
-- are the same: another version asks other questions, another instrument has another scale.
with scores as (
    select
        assessed.*,
        lag(score) over earlier as previous_score,
        lag(assessed_on) over earlier as previous_assessed_on,
        row_number() over (
            partition by partner, organisation, instrument, instrument_version, dimension
            order by assessed_on desc, position desc
        ) = 1 as is_newest
    from {{ current_facts('organisation_selfassessed') }} as assessed
    window earlier as (
        partition by partner, organisation, instrument, instrument_version, dimension order by assessed_on, position
    )
)

select
    {{ said_by('scores') }},
    {{ year_of('scores.assessed_on') }} as year,
    {{ quarter_of('scores.assessed_on') }} as quarter,
    assessed_on,
    organisation,
    organisation_kind,
    programme,
    instrument,
    instrument_version,
    dimension,
    score,
    previous_score,
    previous_assessed_on,
    score - previous_score as score_change,
    is_newest,
    evidence
from scores
