-- Exact and never published: it stays in the enclave, for the checks of those who run the hub.
{{ config(schema='marts') }}

select
    partner,
    country,
    {{ quarter_of('opened_on') }} as quarter,
    region,
    context,
    tier,
    count(distinct subject) as persons,
    count(*) as cases,
    count(*) filter (where not is_open) as cases_closed,
    count(*) filter (where not is_open and needs_met in ('Y', 'PARTLY', 'N')) as needs_known,
    count(*) filter (where not is_open and needs_met = 'Y') as needs_met,
    percentile_cont(0.5) within group (order by closed_on - opened_on) filter (where not is_open) as median_days_open
from {{ ref('fct_cases') }}
group by 1, 2, 3, 4, 5, 6
