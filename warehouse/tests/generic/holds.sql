{#- A rule that every row keeps. -#}
{% test holds(model, rule) %}
select * from {{ model }} where not ({{ rule }})
{% endtest %}
