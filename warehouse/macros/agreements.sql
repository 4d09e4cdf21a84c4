{#-
  Whether a fact may stand in a published cube: by the newest version of its dataset's sharing agreement that covers the
  day. A dataset of which the hub knows no agreement is published on the basis of its own delivery; one that has an
  agreement is published only where that covers it.
-#}
{% macro is_agreed(fact) -%}
not exists (
    select 1
    from {{ ref('int_agreements') }} as agreements
    where agreements.partner = {{ fact }}.partner and agreements.dataset = {{ fact }}.dataset
)
or coalesce((
    select (array_agg(agreements.is_shared order by agreements.version desc))[1]
    from {{ ref('int_agreements') }} as agreements
    where agreements.partner = {{ fact }}.partner
        and agreements.dataset = {{ fact }}.dataset
        and {{ fact }}.occurred_on between agreements.valid_from and agreements.valid_until
), false)
{%- endmacro %}
