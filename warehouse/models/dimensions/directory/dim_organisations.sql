-- One row an organisation and the days on which its directory described it so. Of one that a directory only names as
-- who offers a service, the service's own row says what is known.
with described as (
    select partner, country, dataset, organisation, organisation_kind, parent, true as is_listed, known_month, position
    from {{ described('organisation_listed') }} as listed

    union all

    select
        partner, country, dataset, organisation, organisation_kind, null as parent, false as is_listed, known_month,
        position
    from {{ described('service_listed') }} as services
    where organisation is not null
        and not exists (
            select 1
            from {{ current_facts('organisation_listed') }} as listed
            where listed.partner = services.partner and listed.organisation = services.organisation
        )
),

-- one word a month, and none that only repeats the one before
months as (
    select
        *,
        row_number() over (partition by partner, organisation, known_month order by position desc) as last_of_month
    from described
),

changes as (
    select
        *,
        coalesce(organisation_kind, '') || ' ' || coalesce(parent, '') as said,
        lag(coalesce(organisation_kind, '') || ' ' || coalesce(parent, '')) over (
            partition by partner, organisation order by known_month
        ) as said_before,
        row_number() over (partition by partner, organisation order by known_month) as nth
    from months
    where last_of_month = 1
),

versions as (
    select
        *,
        row_number() over history as version,
        case when nth > 1 then {{ period_start('known_month') }} end as valid_from,
        lead({{ period_start('known_month') }}) over history as next_from
    from changes
    where nth = 1 or said <> said_before
    window history as (partition by partner, organisation order by known_month)
)

select
    partner,
    organisation,
    cast(version as integer) as version,
    country,
    dataset,
    organisation_kind,
    parent,
    is_listed,
    valid_from,
    cast(next_from - interval '1 day' as date) as valid_to,
    next_from is null as is_current
from versions
