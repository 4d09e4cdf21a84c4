-- One row a referral sent, as now stated: an accumulating snapshot of its life, and its place in the person's chain.
{% set states = ['received', 'accepted', 'declined', 'waitlisted', 'scheduled', 'noshow', 'engaged', 'cancelled',
    'completed', 'failed'] %}

with sent as (
    select * from {{ person_facts('referral_sent') }} as sent
),

-- a referral that was sent without a part owns every state of its record
reached as (
    select sent.position as sent_position, states.*
    from sent
    inner join {{ ref('int_referral_states') }} as states
        on states.stream = sent.stream and (sent.part = '' or states.part = sent.part)
),

lives as (
    select
        sent_position,
        {% for state in states %}
        min(occurred_on) filter (
            where state = '{{ 'NO_SHOW' if state == 'noshow' else state | upper }}'
        ) as {{ state }}_on,
        {% endfor %}
        bool_and(occurred_precision = 'D') filter (where state = 'ENGAGED') as engaged_to_the_day
    from reached
    group by sent_position
),

-- who said no last
declines as (
    select
        sent_position,
        declined_by,
        decline_reason,
        row_number() over (partition by sent_position order by occurred_on desc, position desc) as newest_first
    from reached
    where state = 'DECLINED'
),

-- the partner's contacts with the person from the day on which it was sent, in one pass over both
days as (
    select position, partner, subject, occurred_on, occurred_precision, 'SENT' as what from sent

    union all

    select position, partner, subject, occurred_on, occurred_precision, 'HELD' as what
    from {{ person_facts('contact_held') }} as held

    union all

    select position, partner, subject, occurred_on, occurred_precision, 'ATTEMPTED' as what
    from {{ person_facts('contact_attempted') }} as attempted
),

followed as (
    select
        position,
        what,
        min(case when what <> 'SENT' then occurred_on end) over onwards as first_attempt_on,
        min(case when what = 'HELD' then occurred_on end) over onwards as first_held_on,
        min(case when what = 'HELD' and occurred_precision = 'D' then occurred_on end) over onwards as first_held_day
    from days
    window onwards as (
        partition by partner, subject order by occurred_on range between current row and unbounded following
    )
),

chained as (
    select
        position,
        row_number() over in_order as chain_position,
        count(*) over (partition by country, person, extract(year from occurred_on)) as chain_length,
        lag(from_tier) over in_order as before_from_tier,
        lag(to_tier) over in_order as before_to_tier,
        row_number() over (
            partition by country, person, extract(year from occurred_on), to_tier order by occurred_on, position
        ) as times_to_tier
    from sent
    window in_order as (partition by country, person, extract(year from occurred_on) order by occurred_on, position)
),

lived as (
    select
        sent.*,
        {% for state in states %}
        lives.{{ state }}_on,
        {% endfor %}
        coalesce(lives.engaged_to_the_day, false) as engaged_to_the_day,
        declines.declined_by,
        declines.decline_reason,
        followed.first_attempt_on,
        least(followed.first_held_on, case when lives.engaged_on >= sent.occurred_on then lives.engaged_on end)
            as contacted_on,
        least(
            followed.first_held_day,
            case when lives.engaged_on >= sent.occurred_on and lives.engaged_to_the_day then lives.engaged_on end
        ) as contacted_day,
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
        end as outcome
    from sent
    left join lives on lives.sent_position = sent.position
    left join declines on declines.sent_position = sent.position and declines.newest_first = 1
    left join followed on followed.position = sent.position and followed.what = 'SENT'
)

select
    {{ about_person('lived', 'sent') }},
    {% for state in states %}
    lived.{{ state }}_on,
    {% endfor %}
    coalesce(least(lived.accepted_on, lived.declined_on), lived.engaged_on) as decided_on,
    lived.first_attempt_on,
    lived.contacted_on,
    case
        when lived.occurred_precision = 'D' and lived.engaged_to_the_day
            then cast(lived.engaged_on - lived.occurred_on as bigint)
    end as days_to_engage,
    case
        when lived.occurred_precision = 'D' and lived.contacted_day = lived.contacted_on
            then cast(lived.contacted_on - lived.occurred_on as bigint)
    end as days_to_contact,
    case
        when lived.occurred_precision = 'D' and lived.contacted_day = lived.contacted_on
            then {{ working_days('lived.occurred_on', 'lived.contacted_on') }}
    end as working_days_to_contact,
    lived.outcome,
    lived.outcome in ('ENGAGED_30D', 'ENGAGED_LATER', 'ACCEPTED') as is_accepted,
    lived.declined_by,
    lived.decline_reason,
    lived.direction,
    lived.source,
    lived.mode,
    lived.from_tier,
    lived.to_tier,
    lived.priority,
    cast(lived.response_wished_hours as bigint) as response_wished_hours,
    lived.source = 'CROSSBORDER' as is_cross_border,
    cast(chained.chain_position as bigint) as chain_position,
    cast(chained.chain_length as bigint) as chain_length,
    coalesce(
        {{ is_known('lived.from_tier') }} and {{ is_known('lived.to_tier') }} and lived.from_tier <> lived.to_tier
            and chained.before_from_tier = lived.to_tier and chained.before_to_tier = lived.from_tier
        or {{ is_known('lived.to_tier') }} and chained.times_to_tier >= 3,
        false
    ) as is_bounced
from lived
inner join chained on chained.position = lived.position
