-- One row a statement about a person that the hub knew at the position, of whatever event: what says whose it is, which
-- fact it states, and when that happened.
{% set events = [
    'referral_sent', 'referral_received', 'referral_accepted', 'referral_declined', 'referral_waitlisted',
    'referral_scheduled', 'referral_noshow', 'referral_engaged', 'referral_cancelled', 'referral_completed',
    'referral_failed', 'referral_sectoranswered', 'case_opened', 'case_closed', 'case_reopened', 'contact_attempted',
    'contact_held', 'assessment_completed', 'assessment_refused', 'assessment_reviewed', 'offence_disclosed',
    'need_statuschanged', 'protection_requested', 'protection_decided', 'protection_breached', 'service_delivered',
    'shelter_requestrecorded', 'shelter_staystarted', 'shelter_stayended', 'justice_stagerecorded',
] %}

{% for event in events %}
select
    position, event_id, '{{ event }}' as event, stream, version, part, partner, country, dataset, subject,
    occurred_on, occurred_precision
from {{ known_facts(event) }} as stated
{{ 'union all' if not loop.last }}
{% endfor %}
