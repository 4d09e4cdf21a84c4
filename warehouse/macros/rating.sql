{#- A measure's rating, computed from int_measures: the first rule that holds, as rating/reason. -#}
{% macro rating() -%}
case
    when self_status in ('CANCELLED', 'SUPERSEDED') then 'GREY/' || self_status
    when is_complete and is_verified then 'BLUE/VERIFIED'
    when not is_reported and as_of < starts_on then 'GREY/NOT_STARTED'
    when not is_reported then 'GREY/NO_REPORT'
    when overdue_days > 0 then 'RED/OVERDUE'
    when not is_complete and progress_pct < planned_pct - 25 then 'RED/BEHIND_PLAN'
    when on_path < 0.6 then 'RED/OFF_PATH'
    when not is_complete and progress_pct < planned_pct - 10 then 'AMBER/BEHIND_PLAN'
    when not is_complete and due_on - as_of <= 60 and coalesce(progress_pct, 0) < 75 then 'AMBER/DUE_SOON'
    when on_path < 0.9 then 'AMBER/OFF_PATH'
    when is_complete then 'GREEN/UNVERIFIED'
    -- a report that says nothing measurable is not good news; a continuous measure has its indicators only
    when on_path is null and (due_on is null or progress_pct is null) then 'GREY/NOT_MEASURED'
    else 'GREEN/ON_TRACK'
end
{%- endmacro %}
