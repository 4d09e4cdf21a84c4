-- One row a day on which something happened that a case is measured by, of whatever case: a partner's facts of a person.
{% for kind in ['PROTECTION', 'SUPPORT', 'RISK'] %}
select position, partner, subject, occurred_on, '{{ kind }}_ASSESSED' as what
from {{ person_facts('assessment_completed') }} as completed
where kind = '{{ kind }}'

union all

{% endfor %}
select position, partner, subject, occurred_on, 'INFORMED' as what
from {{ person_facts('service_delivered') }} as delivered
where service = 'INFO_RIGHTS'

union all

select position, partner, subject, occurred_on, 'INFORMED' as what
from {{ person_facts('contact_held') }} as held
where services && array['INFO_RIGHTS']

union all

select position, partner, subject, occurred_on, 'MEASURE_GRANTED' as what
from {{ person_facts('protection_decided') }} as decided
where outcome = 'GRANTED'

union all

select states.position, states.partner, states.subject, states.occurred_on, 'SPECIALIST_ENGAGED' as what
from {{ ref('int_referral_states') }} as states
where states.state = 'ENGAGED'
    and exists (
        select 1
        from {{ person_facts('referral_sent') }} as sent
        where sent.stream = states.stream
            and (sent.part = '' or sent.part = states.part)
            and sent.to_tier like 'SPECIALIST%'
    )
