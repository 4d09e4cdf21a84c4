-- One row a place in which a programme works, as now stated.
select
    plan, programme, area, title, own_country as country, kind, role, region, source, basis
from {{ current_facts('programme_placeincluded') }} as stated
