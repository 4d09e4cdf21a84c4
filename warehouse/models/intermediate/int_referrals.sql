-- One row a referral sent, as now stated: an accumulating snapshot of its life.
-- Nothing of a day on which a no to reporting holds: what became of it later is then not known.
{% set states = ['received', 'accepted', 'declined', 'waitlisted', 'scheduled', 'noshow', 'engaged', 'cancelled',
    'completed', 'failed'] %}

with stated as (
    {% for state in states %}
    select '{{ state }}' as state, stream, part, partner, subject, occurred_on, occurred_precision
    from {{ current_facts('referral_' ~ state) }} as {{ state }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

states as (
    select state, stream, part, occurred_on, occurred_precision
    from stated
    where {{ may_be_reported('stated') }}
),

sent as (
    select *
    from {{ current_facts('referral_sent') }} as sent
    where {{ may_be_reported('sent') }}
),

-- a referral that was sent without a part owns every state of its record
lives as (
    select
        sent.event_id,
        {% for state in states %}
        min(states.occurred_on) filter (where states.state = '{{ state }}') as {{ state }}_on,
        {% endfor %}
        bool_and(states.occurred_precision = 'D') filter (where states.state = 'engaged') as engaged_to_the_day
    from sent
    left join states on states.stream = sent.stream and (sent.part = '' or states.part = sent.part)
    group by sent.event_id
)

select
    sent.event_id,
    sent.position,
    sent.stream,
    sent.part,
    sent.partner,
    sent.country,
    {{ person_of('sent') }} as subject,
    sent.occurred_on as sent_on,
    {% for state in states %}
    lives.{{ state }}_on,
    {% endfor %}
    {{ quarter_of('sent.occurred_on') }} as quarter,
    sent.occurred_precision <> 'Y' as quarter_known,
    {{ region_leaf('sent.region', 'sent.country') }} as region,
    {{ violence_context('sent.offence', 'sent.violence_forms', 'sent.relationship', 'sent.cohabiting') }} as context,
    {{ sex_leaf('sent.sex') }} as sex,
    {{ age_band_leaf('sent.age_band') }} as age_band,
    sent.mode,
    sent.direction,
    sent.source,
    sent.from_tier,
    sent.to_tier,
    case
        when lives.engaged_on - sent.occurred_on <= 30 then 'ENGAGED_30D'
        when lives.engaged_on is not null then 'ENGAGED_LATER'
        -- an appointment is only set, and only missed, after somebody took the referral
        when coalesce(lives.accepted_on, lives.scheduled_on, lives.noshow_on) is not null then 'ACCEPTED'
        when lives.declined_on is not null then 'DECLINED'
        when lives.failed_on is not null then 'FAILED'
        when lives.cancelled_on is not null then 'CANCELLED'
        -- the sender was told the outcome, and nobody said no
        when lives.completed_on is not null then 'ACCEPTED'
        else 'WAITING'
    end as outcome,
    case
        when sent.occurred_precision = 'D' and lives.engaged_to_the_day then lives.engaged_on - sent.occurred_on
    end as days_to_engage,
    {{ is_agreed('sent') }} as is_agreed
from sent
inner join lives on lives.event_id = sent.event_id
