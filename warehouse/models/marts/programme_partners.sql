select
    plan, programme, organisation, title, country, organisation_kind, role, source, basis
from {{ ref('int_programme_partners') }}
