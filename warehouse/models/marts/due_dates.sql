select plan, measure, version, due_on, known_month, position
from {{ ref('int_due_dates') }}
