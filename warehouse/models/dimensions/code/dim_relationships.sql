-- One row a relationship, the offender as the victim sees them, with its class in the UN's crime survey (UN-CTS), and
-- whether violence within it is domestic (Istanbul Convention art. 3(b): family, partners, and who shares the home).
select
    code,
    label,
    rank,
    case
        when code in ('01', '02', '03', '04', '05', '06') then 'PARTNER_OR_FAMILY'
        when code in ('07', '08', '09', '10', '11', '12') then 'OTHER_KNOWN'
        when code = '20' then 'UNKNOWN_TO_VICTIM'
        else 'NOT_KNOWN'
    end as cts_group,
    code in ('01', '02') as is_partner,
    code in ('01', '02', '03', '04', '05', '06', '07') as is_domestic,
    is_unknown
from {{ ref('dim_codes') }}
where list = 'relationship' and language = 'en'
