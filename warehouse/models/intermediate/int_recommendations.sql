-- One row a recommendation to a country, as now stated.
select
    plan, programme, own_country as country, recommendation, body, document, paragraph, issued_on, instrument,
    requirement, urgency, target_group, title, status, basis
from {{ current_facts('framework_recommended') }} as stated
