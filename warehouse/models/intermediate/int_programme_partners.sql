-- One row an organisation that takes part in a programme, as now stated.
select
    plan, programme, organisation, title, own_country as country, organisation_kind, role, source, basis
from {{ current_facts('programme_partnerjoined') }} as stated
