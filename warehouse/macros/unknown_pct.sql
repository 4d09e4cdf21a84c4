{#- Of a group's records to which a field applies, the share that does not say it, in steps of five percent. -#}
{% macro unknown_pct(field) -%}
case
    when count(*) filter (where {{ field }} <> 'NA') >= 100
        then cast(5 * {{ rounded(
            '20.0 * count(*) filter (where ' ~ field ~ " in ('U', 'NR')) / count(*) filter (where " ~ field ~ " <> 'NA')"
        ) }} as integer)
end
{%- endmacro %}
