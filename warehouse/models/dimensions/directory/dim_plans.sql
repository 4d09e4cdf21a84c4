-- One row a version of a plan: a month in which the hub came to know something new of what is planned. Reports and
-- values measured are no new version. How much was stated for the first time, changed, and taken back stands beside it.
{% set planned = ['plan_adopted', 'plan_pillarset', 'plan_objectiveset', 'plan_measureplanned',
    'plan_milestoneplanned', 'plan_targetset'] %}
with statements as (
    {% for event in planned %}
    select plan, event_id, position, known_month, corrects is not null as is_change, '{{ event }}' as event
    from {{ known_facts(event) }} as {{ event }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

steps as (
    select plan, position, known_month, is_change, false as is_end from statements

    union all

    select statements.plan, retracted.position, retracted.known_month, false as is_change, true as is_end
    from {{ known_facts('record_retracted') }} as retracted
    inner join statements on statements.event_id = retracted.retracts
),

months as (
    select
        plan,
        known_month,
        max(position) as position,
        count(*) filter (where not is_change and not is_end) as stated,
        count(*) filter (where is_change) as changed,
        count(*) filter (where is_end) as taken_back
    from steps
    group by plan, known_month
),

named as (
    select
        months.*,
        adopted.partner,
        adopted.programme,
        adopted.own_country as country,
        adopted.level,
        adopted.title,
        adopted.language,
        adopted.adopted_on,
        adopted.starts_on,
        adopted.ends_on,
        adopted.basis,
        row_number() over (partition by months.plan, months.known_month order by adopted.position desc) as newest_first
    from months
    inner join {{ known_facts('plan_adopted') }} as adopted
        on adopted.plan = months.plan and adopted.position <= months.position
)

select
    plan,
    cast(row_number() over history as integer) as version,
    known_month,
    position,
    partner,
    programme,
    country,
    level,
    title,
    language,
    adopted_on,
    starts_on,
    ends_on,
    basis,
    stated,
    changed,
    taken_back,
    {{ period_start('known_month') }} as valid_from,
    cast(lead({{ period_start('known_month') }}) over history - interval '1 day' as date) as valid_to,
    lead(known_month) over history is null and exists (
        select 1
        from {{ current_facts('plan_adopted') }} as standing
        where standing.plan = named.plan
    ) as is_current
from named
where newest_first = 1
window history as (partition by plan order by known_month)
