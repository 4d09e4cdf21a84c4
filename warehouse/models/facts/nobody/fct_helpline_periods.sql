-- One row a line, period, and language or topic. What stands for a language is in the row for all of them too: only
-- rows of one `breakdown` are added up.
with periods as (
    select
        {{ said_by('tallied') }},
        {{ period_columns('tallied.period') }},
        tallied.line,
        tallied.language,
        tallied.violence_form,
        case
            when tallied.language is not null and tallied.violence_form is not null then 'LANGUAGE_AND_TOPIC'
            when tallied.language is not null then 'LANGUAGE'
            when tallied.violence_form is not null then 'TOPIC'
            else 'TOTAL'
        end as breakdown,
        tallied.calls_offered,
        tallied.calls_answered,
        tallied.calls_abandoned,
        tallied.chats_offered,
        tallied.chats_answered,
        tallied.wait_seconds_p50,
        tallied.wait_seconds_p90
    from {{ current_facts('helpline_tallied') }} as tallied
)

select
    *,
    {{ counts_once(['partner', 'dataset', 'line', 'language', 'violence_form', 'year']) }}
from periods
