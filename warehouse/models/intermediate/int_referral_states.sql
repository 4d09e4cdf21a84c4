-- One row a state that a referral reached, as now stated. Nothing of a day on which a no to reporting holds: what became
-- of the referral later is then not known. A decline says who said no, and why.
{% set states = {
    'received': 'RECEIVED', 'accepted': 'ACCEPTED', 'declined': 'DECLINED', 'waitlisted': 'WAITLISTED',
    'scheduled': 'SCHEDULED', 'noshow': 'NO_SHOW', 'engaged': 'ENGAGED', 'cancelled': 'CANCELLED',
    'completed': 'COMPLETED', 'failed': 'FAILED',
} %}

{% for event, state in states.items() %}
select
    event_id, position, stream, part, partner, subject, '{{ state }}' as state, occurred_on, occurred_precision,
    {{ 'declined_by, own_reason as decline_reason' if event == 'declined'
        else 'cast(null as varchar) as declined_by, cast(null as varchar) as decline_reason' }}
from {{ person_facts('referral_' ~ event) }} as {{ event }}
{{ 'union all' if not loop.last }}
{% endfor %}
