-- One row a referral and state that it reached, on the first day that is stated; SENT is the first of them.
with sent as (
    select * from {{ person_facts('referral_sent') }} as sent
),

reached as (
    select sent.position, states.state, states.occurred_on, states.occurred_precision, states.position as said_at
    from sent
    inner join {{ ref('int_referral_states') }} as states
        on states.stream = sent.stream and (sent.part = '' or states.part = sent.part)

    union all

    select position, 'SENT' as state, occurred_on, occurred_precision, position as said_at
    from sent
),

firsts as (
    select
        *,
        row_number() over (partition by position, state order by occurred_on, said_at) as first_first
    from reached
),

stated as (
    select
        sent.event_id, sent.position, sent.stream, sent.part, sent.partner, sent.country, sent.dataset, sent.person,
        sent.victim_role, sent.sex, sent.age_band, sent.nationality_group, sent.region, sent.offence,
        sent.violence_forms, sent.relationship, sent.cohabiting, sent.is_agreed, firsts.state, firsts.occurred_on,
        firsts.occurred_precision
    from firsts
    inner join sent on sent.position = firsts.position
    where firsts.first_first = 1
)

select {{ about_person('stated', 'reached') }}, stated.state
from stated
