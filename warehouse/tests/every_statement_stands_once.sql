-- Over all event types together: what stood twice under one id, or at one place of the log, would be counted twice.
{% set events = [
    'referral_sent', 'referral_received', 'referral_accepted', 'referral_declined', 'referral_waitlisted',
    'referral_scheduled', 'referral_noshow', 'referral_engaged', 'referral_cancelled', 'referral_completed',
    'referral_failed', 'case_opened', 'case_closed', 'case_reopened', 'contact_attempted', 'contact_held',
    'consent_recorded', 'consent_withdrawn', 'referral_sectoranswered', 'assessment_completed',
    'assessment_refused', 'assessment_reviewed', 'offence_disclosed', 'need_statuschanged',
    'protection_requested', 'protection_decided', 'protection_breached', 'service_delivered',
    'shelter_requestrecorded', 'shelter_staystarted', 'shelter_stayended', 'justice_stagerecorded',
    'record_retracted', 'delivery_closed', 'release_published', 'subject_forgotten', 'linkage_authorised',
    'linkage_ended', 'agreement_recorded', 'log_purged', 'custody_enrolled', 'act_approved', 'plan_adopted',
    'plan_pillarset', 'plan_objectiveset', 'plan_measureplanned', 'plan_milestoneplanned',
    'plan_milestonereached', 'plan_targetset', 'plan_targetmeasured', 'plan_statusreported',
    'shelter_capacityreported', 'helpline_tallied', 'activity_held', 'training_held', 'organisation_selfassessed',
    'organisation_listed', 'service_listed', 'service_regionlisted', 'service_hourslisted', 'service_changed',
    'service_closed', 'framework_assessed', 'framework_recommended', 'framework_gapfound', 'programme_partnerjoined',
    'programme_placeincluded', 'instrument_versioned', 'indicator_valuereported', 'aggregate_reported',
] %}

with statements as (
    {% for event in events %}
    select event_id, position from {{ ref('stg_hub__' ~ event) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select 'event_id' as what, count(*) as copies
from statements
group by event_id
having count(*) > 1 or event_id is null

union all

select 'position' as what, count(*) as copies
from statements
group by position
having count(*) > 1 or position is null
