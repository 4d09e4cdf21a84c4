-- One row a service and the days on which it was so: as its directory first described it, described it anew in a later
-- month, or says that it changed on a day; until it was closed. Where a shelter is, or ever was in any description,
-- only its country is told.
with described as (
    select
        partner, country, dataset, service_id, organisation, organisation_kind, tier, services, region, area,
        languages, interpreters, admits, minimum_age, maximum_age, status, assured_on, position,
        case when nth > 1 then {{ period_start('known_month') }} end as since
    from {{ described('service_listed') }} as listed

    union all

    select
        partner, country, dataset, service_id, organisation, organisation_kind, tier, services, region, area,
        languages, interpreters, admits, minimum_age, maximum_age, status, assured_on, position, changed_on as since
    from {{ current_facts('service_changed') }} as changed
),

closings as (
    select partner, service_id, min(closed_on) as closed_on
    from {{ current_facts('service_closed') }} as closed
    group by partner, service_id
),

dated as (
    select
        described.*,
        closings.closed_on,
        row_number() over (
            partition by described.partner, described.service_id, described.since order by described.position desc
        ) as last_of_day,
        bool_or({{ is_shelter('organisation_kind', 'services') }}) over (
            partition by described.partner, described.service_id
        ) as is_shelter
    from described
    left join closings on closings.partner = described.partner and closings.service_id = described.service_id
),

versions as (
    select
        *,
        row_number() over history as version,
        -- what is described after a closing was opened again
        least(lead(since) over history, case when since is null or since < closed_on then closed_on end) as ended_on
    from dated
    where last_of_day = 1
    window history as (partition by partner, service_id order by coalesce(since, date '0001-01-01'))
)

select
    versions.partner,
    versions.service_id,
    cast(versions.version as integer) as version,
    versions.country,
    versions.dataset,
    versions.organisation,
    versions.organisation_kind,
    versions.tier,
    versions.services,
    versions.is_shelter,
    case
        when versions.is_shelter or versions.region is null then {{ nuts_country('versions.country') }}
        else versions.region
    end as region,
    case when not versions.is_shelter then versions.area end as area,
    versions.languages,
    versions.interpreters,
    versions.admits,
    versions.minimum_age,
    versions.maximum_age,
    versions.status,
    versions.assured_on,
    hours.weekdays,
    hours.weekly_hours,
    hours.round_the_clock,
    versions.since as valid_from,
    cast(versions.ended_on - interval '1 day' as date) as valid_to,
    versions.ended_on is null as is_current
from versions
left join {{ current_facts('service_hourslisted') }} as hours
    on hours.partner = versions.partner and hours.service_id = versions.service_id and versions.ended_on is null
        and hours.dataset = versions.dataset
