select plan, pillar, title, istanbul_pillar
from {{ ref('int_pillars') }}
