{#-
  All contexts of a record that hold, derived as GBVIMS derives its case contexts: from act, relationship, age and tags,
  never picked by anybody. A list of codes, empty where none holds.

  IPV and DV are those of `violence_context`, so that one excludes the other: the Istanbul Convention's domestic violence
  (art. 3(b)) is both together. The rest may overlap. Age and sex are the person's of the record: where she is not the
  one who was harmed (a child who saw it, the family of a woman who was killed) they say nothing about whom it was done
  to, and no context rests on them. A tag that a record has not says nothing either way.
-#}
{% macro violence_contexts(offence, violence_forms, relationship, cohabiting, victim_role, sex, age_band, tags=none) -%}
{%- set context = violence_context(offence, violence_forms, relationship, cohabiting) -%}
{%- set tags = tags or "cast(array[] as text[])" -%}
{%- set harmed = victim_role ~ " in ('DIRECT', 'U', 'NA', 'NR', 'REF')" -%}
{%- set sexual = "(" ~ violence_forms ~ " && array['SEX'] or " ~ offence ~ " like '03%')" -%}
{%- set killed_woman = offence ~ " = '0101' and " ~ sex ~ " = 'F' and " ~ harmed
    ~ " and not coalesce(" ~ tags ~ " && array['ATTEMPTED'], false)" -%}
{%- set rules = {
    'CSA': is_child(age_band) ~ ' and ' ~ harmed ~ ' and ' ~ sexual,
    'EARLY_MARRIAGE': is_child(age_band) ~ ' and ' ~ harmed ~ ' and (' ~ violence_forms ~ " && array['FMR'] or "
        ~ offence ~ " = 'X6')",
    'HARMFUL_PRACTICE': tags ~ " && array['HARMFUL_PRACTICE'] or " ~ violence_forms ~ " && array['FGM'] or "
        ~ offence ~ " = 'X5'",
    'HATE': tags ~ " && array['BIAS_MOTIVE']",
    'THB': offence ~ " like '0204%'",
    'TERROR': offence ~ " like '0906%'",
    'POSS_SEX_EXPL': offence ~ " like '0302%' or " ~ sexual ~ ' and ' ~ tags ~ " && array['GAIN']",
    'ELDER_ABUSE': age_band ~ " in ('65-74', '75+') and " ~ harmed ~ ' and ' ~ is_violence(offence, violence_forms)
        ~ ' and (' ~ relationship ~ " in ('01', '02', '03', '04', '05', '06', '07', '11') or " ~ cohabiting ~ " = 'Y')",
    'FEMICIDE_IP': killed_woman ~ ' and ' ~ relationship ~ " in ('01', '02')",
    'FEMICIDE_FAM': killed_woman ~ ' and ' ~ relationship ~ " in ('03', '04', '05', '06')",
} -%}
coalesce(cast(string_to_array(nullif(concat_ws(
        ' ',
        case {{ context }} when 'IPV' then 'IPV' when 'DV' then 'DV' end,
        {%- for code, holds in rules.items() %}
        case when {{ holds }} then '{{ code }}' end{{ ',' if not loop.last }}
        {%- endfor %}
    ), ''), ' ') as text[]), cast(array[] as text[]))
{%- endmacro %}
