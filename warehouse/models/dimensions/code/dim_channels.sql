-- One row a channel, with the coarser one that releases fall back on (hub/release/lattice.yaml), and whether both were
-- in one room.
with channels as (
    select
        code,
        label,
        rank,
        is_unknown,
        case
            when is_unknown then 'U'
            when code in ('HELPLINE', 'PHONE') then 'BY_PHONE'
            when code in ('VIDEO', 'CHAT', 'EMAIL', 'SMS_MSG', 'LETTER', 'WEBFORM', 'SELFHELP_ONLINE')
                then 'ONLINE_OR_WRITTEN'
            else 'IN_PERSON'
        end as channel_group
    from {{ ref('dim_codes') }}
    where list = 'channel' and language = 'en'
)

select
    code,
    label,
    rank,
    channel_group,
    case when not is_unknown then channel_group = 'IN_PERSON' end as is_in_person,
    is_unknown
from channels
