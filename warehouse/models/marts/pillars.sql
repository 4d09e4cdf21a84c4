select plan, pillar, title, istanbul_pillar, basis
from {{ ref('int_pillars') }}
