select
    plan, answers, part, measure
from {{ ref('int_measure_answers') }}
