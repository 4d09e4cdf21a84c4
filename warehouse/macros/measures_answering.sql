{#- How the measures stand that answer each gap, or each recommendation, of a plan: by the rating that is computed. -#}
{% macro measures_answering(kind) -%}
select
    answers.plan,
    answers.part,
    count(*) as measures,
    count(*) filter (where measures.rag_computed = 'BLUE') as measures_done,
    count(*) filter (where measures.rag_computed = 'RED') as measures_red
from {{ ref('int_measure_answers') }} as answers
inner join {{ ref('measures') }} as measures
    on measures.plan = answers.plan and measures.measure = answers.measure
where answers.answers = '{{ kind }}'
group by answers.plan, answers.part
{%- endmacro %}
