-- One row a code of a list and a language. U, NA, NR and REF are four ways of not knowing, and are marked.
select
    list,
    code,
    language,
    rank,
    label,
    legal,
    code in ('U', 'NA', 'NR', 'REF') as is_unknown
from {{ ref('codes') }}
