select plan, pillar, objective, title, basis
from {{ ref('int_objectives') }}
