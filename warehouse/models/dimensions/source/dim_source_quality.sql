-- One row a dataset of a partner: in which form it comes, and how much of what matters its records do not say. U (the
-- person does not know) and NR (the source does not record it) are unknown; NA does not apply and is left out, REF is
-- an answer. Shares are in steps of five, and only where a hundred records stand behind them.
{% set fields = ['sex', 'age_band', 'nationality_group', 'offence', 'relationship'] %}
{% set rows_of = ['fct_referrals', 'fct_cases', 'fct_contacts', 'fct_services', 'fct_assessments', 'fct_offences'] %}
{% set counts_of = ['fct_aggregates', 'fct_helpline_periods', 'fct_shelter_periods', 'fct_activities',
    'fct_trainings'] %}
{% set figures_of = ['fct_indicator_values'] %}
with records as (
    {% for fact in rows_of %}
    select partner, country, dataset, {{ fields | join(', ') }} from {{ ref(fact) }} where is_agreed
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

forms as (
    select
        partner,
        country,
        dataset,
        'ROWS' as grade,
        1 as finest,
        {% for field in fields %}
        {{ unknown_pct(field) }} as {{ field }}_unknown_pct{{ ',' if not loop.last }}
        {% endfor %}
    from records
    group by partner, country, dataset
    {% for grade, facts in [('COUNTS', counts_of), ('FIGURES', figures_of), ('OTHER', ['fct_deliveries'])] %}
    {% for fact in facts %}

    union all

    select distinct
        partner,
        country,
        dataset,
        '{{ grade }}' as grade,
        {{ {'COUNTS': 2, 'FIGURES': 3, 'OTHER': 4}[grade] }} as finest,
        {% for field in fields %}
        cast(null as integer) as {{ field }}_unknown_pct{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref(fact) }}
    {% endfor %}
    {% endfor %}
),

ranked as (
    select *, row_number() over (partition by partner, country, dataset order by finest) as nth
    from forms
)

select
    partner,
    country,
    dataset,
    grade,
    {% for field in fields %}
    {{ field }}_unknown_pct{{ ',' if not loop.last }}
    {% endfor %}
from ranked
where nth = 1
