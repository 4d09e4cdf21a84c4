-- One row a statement of which a no to reporting held, and the closed quarter at whose closing it did; NOW: it holds now.
-- The rule is that of int_consents, asked of the answers that stood at that position.
with moments as (
    select quarter as moment, closed_at as position from {{ ref('int_closings') }}

    union all

    select 'NOW' as moment, cast(9223372036854775807 as bigint) as position
),

stated as (
    select
        'consent_recorded' as event, event_id, position, stream, part, version, partner, subject, recipient,
        answer = 'GRANTED' as is_yes, occurred_on, occurred_precision
    from {{ known_facts('consent_recorded') }} as recorded
    where purpose = 'REPORTING' and recipient in ('ANY', 'HUB', 'PUBLIC')

    union all

    select
        'consent_withdrawn' as event, event_id, position, stream, part, version, partner, subject, recipient,
        false as is_yes, occurred_on, occurred_precision
    from {{ known_facts('consent_withdrawn') }} as withdrawn
    where purpose = 'REPORTING' and recipient in ('ANY', 'HUB', 'PUBLIC')
),

spans as (
    {{ spans_of('stated') }}
),

answers as (
    select
        moments.moment,
        spans.partner,
        spans.subject,
        named.recipient,
        spans.is_yes,
        spans.occurred_on as first_day,
        {{ last_day_of('spans.occurred_on', 'spans.occurred_precision') }} as last_day
    from spans
    inner join moments on {{ stood('spans', 'moments.position') }}
    inner join (values ('HUB'), ('PUBLIC')) as named (recipient) on spans.recipient in ('ANY', named.recipient)
),

noes as (
    select moment, partner, subject, first_day as no_from, min(yes_from) as no_until
    from (
        select
            noes.moment, noes.partner, noes.subject, noes.recipient, noes.first_day, noes.last_day,
            yeses.last_day as yes_from
        from answers as noes
        left join answers as yeses
            on yeses.is_yes
            and yeses.moment = noes.moment
            and yeses.partner = noes.partner
            and yeses.subject = noes.subject
            and yeses.recipient = noes.recipient
            and yeses.first_day > noes.last_day
        where not noes.is_yes
    ) as matched
    group by moment, partner, subject, recipient, first_day, last_day
)

select distinct facts.position, noes.moment
from {{ ref('int_statement_spans') }} as facts
inner join noes
    on noes.partner = facts.partner
    and noes.subject = facts.subject
    and noes.no_from <= {{ last_day_of('facts.occurred_on', 'facts.occurred_precision') }}
    and (noes.no_until is null or facts.occurred_on < noes.no_until)
