select plan, pillar, objective, title
from {{ ref('int_objectives') }}
