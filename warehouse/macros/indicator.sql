{#-
  An indicator, from its definition (warehouse/indicators/<id>.yaml; hub/indicators/compiled.py writes the call).

  Records of one fact → cells by country, period and one breakdown at a time → figures with numerator and denominator.
  A record that cannot be told to be in the numerator or not is in no share: `known_share` says how many could.
  Persons are counted once a partner. Where several partners know some, nobody can tell how many are the same: then the
  exact columns are empty, and low and high hold the range (most at one partner, to all that linkage cannot join).
-#}
{% macro indicator(
    id, version, counting_unit, fact, measures, breakdowns=[], where='true', persons=false, subjects=false, partners=true,
    date=none, precision=none, days=0, judged=false, stock=[], stated_twice=false, periods=['Y', 'Q']
) -%}
{%- set columns = breakdowns + measures | map(attribute='parts') | sum(start=[]) | unique | list -%}
with {{ indicator_records(
    'own', fact, where, partners, judged, stock, periods, stated_twice, date, precision, days
) }},

records as (
    select
        country,
        partner,
        {{ 'subject' if subjects else 'cast(null as varchar)' }} as subject,
        period_type_of_record,
        period_of_record,
        {%- for column in columns %}
        coalesce(cast({{ column }} as varchar), 'NR') as by_{{ column }},
        {%- endfor %}
        {%- for measure in measures %}
        {%- set nth = loop.index %}
        {%- set asked = '(' ~ measure.denominator ~ ')' %}
        {%- set counted = asked ~ ' and (' ~ measure.known ~ ')' %}
        {%- for number in ('amount', 'of_amount', 'value') if measure[number] %}
        cast({{ measure[number] }} as double precision) as {{ number }}_{{ nth }},
        {%- endfor %}
        coalesce({{ asked }}, false) as asked_{{ nth }},
        coalesce({{ counted }}
            {%- for number in ('amount', 'of_amount', 'value') if measure[number] %} and ({{ measure[number] }}) is not null
            {%- endfor %}, false) as counted_{{ nth }},
        {%- if measure.parts %}
        coalesce({{ asked }} and ({{ measure.numerator }}), false) as told_{{ nth }},
        {%- endif %}
        coalesce({{ counted }} and ({{ measure.numerator or 'true' }}), false) as has_{{ nth }}{{ ',' if not loop.last }}
        {%- endfor %}
    from own_records
),

{%- if subjects %}
{#- each person once in each cell, with all that her records say: to count her distinctly for each number costs far more -#}
persons as (
    select
        {{ indicator_cell(columns, partners or persons) }},
        {%- for measure in measures %}
        {%- set nth = loop.index %}
        bool_or(asked_{{ nth }}) as asked_{{ nth }},
        bool_or(counted_{{ nth }}) as counted_{{ nth }},
        {%- if measure.parts %}
        bool_or(told_{{ nth }}) as told_{{ nth }},
        {%- endif %}
        bool_or(has_{{ nth }}) as has_{{ nth }}{{ ',' if not loop.last }}
        {%- endfor %}
    from records
    group by {{ indicator_cells(columns, partners, persons, ', subject') }}
),
{%- endif %}

{#- one pass for each breakdown; persons need each partner's cells too, for the range -#}
cells as (
    select
        {%- if subjects %}
        country,
        partner,
        period_type,
        period,
        breakdown,
        category,
        {%- else %}
        {{ indicator_cell(columns, partners or persons) }},
        {%- endif %}
        {%- for measure in measures %}
        {%- set nth = loop.index %}
        {{ indicator_count('asked_' ~ nth) }} as asked_{{ nth }},
        {{ indicator_count('counted_' ~ nth) }} as counted_{{ nth }},
        {%- if measure.amount %}
        coalesce(sum(amount_{{ nth }}) filter (where counted_{{ nth }} and has_{{ nth }}), 0.0) as numerator_{{ nth }},
        {%- elif measure.value %}
        {{ indicator_count('counted_' ~ nth) }} as numerator_{{ nth }},
        {%- else %}
        {{ indicator_count('has_' ~ nth) }} as numerator_{{ nth }},
        {%- endif %}
        {%- if measure.of_amount %}
        coalesce(sum(of_amount_{{ nth }}) filter (where counted_{{ nth }}), 0.0) as denominator_{{ nth }},
        {%- elif measure.kind == 'SHARE' %}
        {{ indicator_count('counted_' ~ nth) }} as denominator_{{ nth }},
        {%- elif measure.kind == 'QUANTILE' %}
        {{ indicator_count('asked_' ~ nth) }} as denominator_{{ nth }},
        {%- else %}
        cast(null as double precision) as denominator_{{ nth }},
        {%- endif %}
        {%- if measure.parts %}
        {{ indicator_count('told_' ~ nth) }} as told_{{ nth }},
        {%- endif %}
        {%- if measure.value %}
        {#- between two values each engine interpolates with another last digit -#}
        {{ rounded("percentile_cont(" ~ measure.at ~ ") within group (order by value_" ~ nth ~ ")
            filter (where counted_" ~ nth ~ ")", 6) }} as quantile_{{ nth }}
        {%- else %}
        cast(null as double precision) as quantile_{{ nth }}
        {%- endif %}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if subjects %}
    from persons
    group by country, partner, period_type, period, breakdown, category
    {%- else %}
    from records
    group by {{ indicator_cells(columns, partners, persons) }}
    {%- endif %}
),
{%- for measure in measures if measure.denominator_of %}
{{ indicator_denominators(measure, breakdowns, periods) }},
{%- endfor %}

measured as (
    {%- for measure in measures %}
    {{ indicator_measured(measure, loop.index, breakdowns) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

{#- a country's row, with what is the least that its partners together can have counted -#}
ranged as (
    select
        of_country.*,
        {%- if persons %}
        coalesce(of_partners.numerator, of_country.numerator) as numerator_low,
        coalesce(of_partners.denominator, of_country.denominator) as denominator_low
        {%- else %}
        of_country.numerator as numerator_low,
        of_country.denominator as denominator_low
        {%- endif %}
    from measured as of_country
    {%- if persons %}
    left join (
        select
            measure, country, period_type, period, breakdown, category,
            max(numerator) as numerator,
            max(denominator) as denominator
        from measured
        where partner is not null
        group by measure, country, period_type, period, breakdown, category
    ) as of_partners
        on of_partners.measure = of_country.measure and of_partners.country = of_country.country
        and of_partners.period_type = of_country.period_type and of_partners.period = of_country.period
        and of_partners.breakdown = of_country.breakdown and of_partners.category = of_country.category
    {%- endif %}
    where of_country.partner is null
    {%- if partners %}
    union all
    select
        measure, kind, unit, per, country, cast(null as varchar), period_type, period, 'partner', partner, asked, counted,
        numerator, denominator, quantile, numerator, denominator
    from measured
    where partner is not null and breakdown = 'TOTAL' and kind not in ('RATE', 'INDEX')
    {%- endif %}
),

valued as (
    select
        *,
        case
            when kind = 'QUANTILE' then quantile
            when kind in ('COUNT', 'SUM') then numerator_low
            else per * numerator_low / nullif(denominator, 0)
        end as value_low,
        case
            when kind = 'QUANTILE' then quantile
            when kind in ('COUNT', 'SUM') then numerator
            when kind = 'SHARE' and numerator >= denominator_low and denominator_low > 0 then 1.0
            else per * numerator / nullif(denominator_low, 0)
        end as value_high,
        {{ period_end('period') }} + {{ [days, 1] | max }} <= {{ as_of() }} as is_closed
    from ranged
)

select
    '{{ id }}' as indicator,
    cast({{ version }} as integer) as version,
    measure,
    country,
    period_type,
    period,
    breakdown,
    category,
    '{{ counting_unit }}' as counting_unit,
    unit,
    case when numerator_low = numerator then numerator end as numerator,
    case when denominator_low = denominator then denominator end as denominator,
    case when value_low = value_high then value_high end as value,
    numerator_low,
    numerator as numerator_high,
    denominator_low,
    denominator as denominator_high,
    value_low,
    value_high,
    counted / nullif(asked, 0) as known_share,
    {{ indicator_state('status') }} as obs_status,
    {{ indicator_state('reason') }} as reason,
    is_closed
from valued
where asked > 0 or numerator > 0
{%- endmacro %}


{% macro indicator_measured(measure, nth, breakdowns) -%}
{%- set other, name = measure.denominator_of, measure.name -%}
{%- set shared = breakdowns | select('in', other.columns) | list if other else breakdowns -%}
{%- set shown = shared if measure.kind == 'INDEX' else ['TOTAL'] + shared -%}
    select
        '{{ name }}' as measure,
        '{{ measure.kind }}' as kind,
        '{{ measure.unit }}' as unit,
        cast({{ measure.per }} as double precision) as per,
        cells.country,
        cells.partner,
        cells.period_type,
        cells.period,
        cells.breakdown,
        cells.category,
        cells.asked_{{ nth }} as asked,
        cells.counted_{{ nth }} as counted,
        cells.numerator_{{ nth }} as numerator,
        {%- if measure.kind == 'INDEX' %}
        wholes.numerator_{{ nth }} * others.denominator / nullif(all_others.denominator, 0) as denominator,
        {%- else %}
        {{ 'others.denominator' if other else 'cells.denominator_' ~ nth }} as denominator,
        {%- endif %}
        cells.quantile_{{ nth }} as quantile
    from cells
    {%- if other %}
    {{ indicator_joined(name, 'others', other, 'cells.breakdown', 'cells.category') }}
    {%- endif %}
    {%- if measure.kind == 'INDEX' %}
    {{ indicator_joined(name, 'all_others', other, "'TOTAL'", "'TOTAL'") }}
    inner join cells as wholes
        on wholes.breakdown = 'TOTAL' and wholes.country = cells.country
        and wholes.partner is not distinct from cells.partner and wholes.period = cells.period
    {%- endif %}
    where cells.breakdown in ('{{ shown | join("', '") }}')
    {%- if measure.parts %}
    {#- only the numerator is divided: each part of it stands over the whole denominator, the unknown part over none #}
    union all
    select
        '{{ name }}', '{{ measure.kind }}', '{{ measure.unit }}', cast({{ measure.per }} as double precision),
        parts.country, parts.partner, parts.period_type, parts.period, parts.breakdown, parts.category,
        sum(parts.told_{{ nth }}) over whole,
        sum(case when parts.category in ('U', 'NR', 'REF') then 0.0 else parts.told_{{ nth }} end) over whole,
        parts.told_{{ nth }},
        case when parts.category not in ('U', 'NR', 'REF') then wholes.denominator_{{ nth }} end,
        cast(null as double precision)
    from cells as parts
    inner join cells as wholes
        on wholes.breakdown = 'TOTAL' and wholes.country = parts.country
        and wholes.partner is not distinct from parts.partner
        and wholes.period_type = parts.period_type and wholes.period = parts.period
    where parts.breakdown in ('{{ measure.parts | join("', '") }}') and parts.told_{{ nth }} > 0
    window whole as (partition by parts.country, parts.partner, parts.period, parts.breakdown)
    {%- endif %}
{%- endmacro %}
