select
    plan, answers, code, measure
from {{ ref('int_measure_answers') }}
