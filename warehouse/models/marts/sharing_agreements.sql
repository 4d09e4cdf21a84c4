-- By what right figures of a partner's dataset are out, or why they are not. A dataset without an agreement says so.
select
    partner, dataset, cast(version as integer) as version,
    case when is_shared then 'SHARED' else 'WITHHELD' end as state,
    purposes, recipients, lawful_basis, retention_months, valid_from, valid_until, digest, position
from {{ ref('int_agreements') }}

union all

select distinct
    status.partner, status.dataset, 0 as version, 'NO_AGREEMENT' as state,
    cast(null as varchar) as purposes, cast(null as varchar) as recipients, cast(null as varchar) as lawful_basis,
    cast(null as bigint) as retention_months, cast(null as date) as valid_from, cast(null as date) as valid_until,
    cast(null as varchar) as digest, cast(null as bigint) as position
from {{ ref('int_delivery_states') }} as status
where not exists (
    select 1
    from {{ ref('int_agreements') }} as agreements
    where agreements.partner = status.partner and agreements.dataset = status.dataset
)
