{#- What kind of number it is (SDMX CL_OBS_STATUS), and why. The first that holds. -#}
{% macro indicator_state(wanted) -%}
{%- set states = [
    ("value_high is null and asked > 0 and counted = 0", 'L', 'NOT_COLLECTED'),
    ("value_high is null and kind = 'SHARE' and denominator is null", 'L', 'UNKNOWN_PART'),
    ("value_high is null and kind in ('RATE', 'INDEX')", 'L', 'NO_DENOMINATOR'),
    ("value_high is null", 'M', 'NOTHING_TO_DIVIDE'),
    ("value_low < value_high", 'U', 'SEVERAL_PARTNERS'),
    ("not is_closed", 'P', 'NOT_CLOSED'),
    ("counted < 0.5 * asked", 'U', 'MOSTLY_UNKNOWN'),
] -%}
case
    {%- for condition, status, reason in states %}
    when {{ condition }} then '{{ status if wanted == "status" else reason }}'
    {%- endfor %}
    else {{ "'A'" if wanted == 'status' else 'null' }}
end
{%- endmacro %}
