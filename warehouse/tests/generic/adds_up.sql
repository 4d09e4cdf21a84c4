{#- A cube's measure adds up to the number of records that it was made of: nothing lost, nothing doubled. -#}
{% test adds_up(model, measure, to, only) %}
select cells.total, records.total as expected
from (select coalesce(sum({{ measure }}), 0) as total from {{ model }}) as cells
cross join (select count(*) as total from {{ to }} where {{ only }}) as records
where cells.total <> records.total
{% endtest %}
