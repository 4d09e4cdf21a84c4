select
    plan, programme, area, title, country, kind, role, region, source, basis
from {{ ref('int_programme_places') }}
