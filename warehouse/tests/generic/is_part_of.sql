{#- Every row finds its parent: `relationships` for a key of several columns. -#}
{% test is_part_of(model, columns, to) %}
select {{ columns | join(', ') }} from {{ model }}
except
select {{ columns | join(', ') }} from {{ to }}
{% endtest %}
