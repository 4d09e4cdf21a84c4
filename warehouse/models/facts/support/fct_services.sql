-- One row a service given, as now stated. The counting unit is the act.
select {{ about_person('delivered', 'delivered') }},
    delivered.service,
    delivered.tier,
    delivered.channel,
    delivered.unit,
    cast(delivered.quantity as bigint) as quantity,
    delivered.need,
    delivered.free_of_charge
from {{ person_facts('service_delivered') }} as delivered
