{{ config(materialized='table', indexes=[{'columns': ['partner', 'subject']}] if target.type == 'postgres' else []) }}

-- One row an answer of a person about a purpose and a recipient, as now stated, and the days on which it holds.
-- Of two answers the later day's counts, whatever came first into the log. Where the days do not tell which was later,
-- no counts: a withdrawal of a month that is known no better holds from its first day, a yes from its last.
{% set recipients = ['HUB', 'PUBLIC', 'GENERIC_VS', 'SPECIALIST_VS', 'SHELTER', 'HEALTH', 'LEGAL', 'POLICE',
    'PROSECUTION', 'COURT', 'SOCIAL_SVC', 'CHILD_PROTECTION', 'LIVELIHOOD', 'OTHER'] %}

with stated as (
    select event_id, position, partner, country, subject, purpose, recipient, answer, occurred_on, occurred_precision
    from {{ current_facts('consent_recorded') }} as recorded

    union all

    select
        event_id, position, partner, country, subject, purpose, recipient, 'WITHDRAWN' as answer, occurred_on,
        occurred_precision
    from {{ current_facts('consent_withdrawn') }} as withdrawn
),

answers as (
    select
        stated.event_id,
        stated.position,
        stated.partner,
        stated.country,
        stated.subject,
        stated.purpose,
        named.recipient,
        stated.answer,
        stated.answer = 'GRANTED' as is_yes,
        stated.occurred_on as first_day,
        {{ last_day_of('stated.occurred_on', 'stated.occurred_precision') }} as last_day
    from stated
    inner join (
        values {% for recipient in recipients %}('{{ recipient }}'){{ ', ' if not loop.last }}{% endfor %}
    ) as named (recipient) on stated.recipient in ('ANY', named.recipient)
),

held as (
    select
        answers.event_id,
        answers.position,
        answers.partner,
        answers.country,
        answers.subject,
        answers.purpose,
        answers.recipient,
        answers.answer,
        case when answers.is_yes then answers.last_day else answers.first_day end as valid_from,
        min(case when answers.is_yes then others.first_day else others.last_day end) as valid_until
    from answers
    left join answers as others
        on others.partner = answers.partner
        and others.subject = answers.subject
        and others.purpose = answers.purpose
        and others.recipient = answers.recipient
        and others.is_yes <> answers.is_yes
        -- a yes ends with a no that is not surely earlier, a no only with a yes that is surely later
        and case
            when answers.is_yes then others.last_day >= answers.first_day
            else others.first_day > answers.last_day
        end
    group by
        answers.event_id, answers.position, answers.partner, answers.country, answers.subject, answers.purpose,
        answers.recipient, answers.answer, answers.is_yes, answers.first_day, answers.last_day
)

select event_id, position, partner, country, subject, purpose, recipient, answer, valid_from, valid_until
from held
where valid_until is null or valid_from < valid_until
