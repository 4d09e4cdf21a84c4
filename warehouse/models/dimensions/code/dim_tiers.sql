-- One row a tier of services. Specialist services of the Istanbul Convention (art. 22, 25) are those on gender-based
-- and sexual violence; perpetrator programmes (art. 16) serve no victim and are neither generic nor specialist.
select
    code,
    label,
    rank,
    case
        when code like 'SPECIALIST_%' then 'SPECIALIST'
        when is_unknown then code
        else code
    end as tier_group,
    code like 'SPECIALIST_%' as is_specialist,
    code in ('SPECIALIST_GBV', 'SPECIALIST_SV') as is_for_gender_based_violence,
    code <> 'PERPETRATOR_PROG' as is_for_victims,
    is_unknown
from {{ ref('dim_codes') }}
where list = 'service_tier' and language = 'en'
