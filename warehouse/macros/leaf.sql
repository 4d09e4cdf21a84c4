{#- From a record's codes to the dimensions of the leaf cubes: contract B, one macro a dimension. -#}

{#- Six bands. A band that is only known as child or adult fits none of them, and is unknown here. -#}
{% macro age_band_leaf(age_band) -%}
case
    when {{ age_band }} in ('0-5', '6-11', '12-13') then '0-13'
    when {{ age_band }} in ('14-15', '16-17') then '14-17'
    when {{ age_band }} = '18-24' then '18-24'
    when {{ age_band }} in ('25-34', '35-44') then '25-44'
    when {{ age_band }} in ('45-54', '55-64') then '45-64'
    when {{ age_band }} in ('65-74', '75+') then '65+'
    else 'U'
end
{%- endmacro %}

{% macro sex_leaf(sex) -%}
case when {{ sex }} in ('F', 'M', 'X') then {{ sex }} else 'U' end
{%- endmacro %}

{#- NUTS 2 of the record's own country, else the country as a whole. NUTS writes EL for Greece and UK for GB. -#}
{% macro region_leaf(region, country) -%}
case
    when length({{ region }}) = 4
        and substr({{ region }}, 1, 2)
        = case {{ country }} when 'GR' then 'EL' when 'GB' then 'UK' else {{ country }} end
        then {{ region }}
    else {{ country }}
end
{%- endmacro %}
