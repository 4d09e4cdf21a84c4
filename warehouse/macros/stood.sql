{#- Whether a statement stood at a position of the log: it was known there, and neither stated anew nor retracted. -#}
{% macro stood(span, position) -%}
{{ span }}.known_from <= {{ position }} and ({{ span }}.known_until is null or {{ span }}.known_until > {{ position }})
{%- endmacro %}

{#- Statements with the positions from which and until which each stood. `stated` has event, stream, part and version. -#}
{% macro spans_of(stated) -%}
select
    stated.*,
    stated.position as known_from,
    least(
        lead(stated.position) over (partition by stated.event, stated.stream, stated.part order by stated.version),
        retracted.position
    ) as known_until
from {{ stated }} as stated
left join (
    select retracts, min(position) as position
    from {{ known_facts('record_retracted') }} as facts
    group by retracts
) as retracted on retracted.retracts = stated.event_id
{%- endmacro %}
