-- Victims' Rights Directive 2012/29/EU, art. 28: how victims accessed their rights, by sex and age (recital 64). Due
-- every three years. What services can say is counted here; what only police and courts can say is taken where published.
{%- set by = {'sex': 'stated.sex', 'age_group': 'stated.age_group'} %}
{%- set facts = {'referral': ref('fct_referrals'), 'case': ref('fct_cases'), 'act': ref('fct_services'),
    'offence': ref('fct_offences'), 'stage': ref('fct_justice_stages'), 'order': ref('fct_protections')} %}
{%- set asked %}
(
    select partner, country, subject, year, sex, age_group, contexts from {{ facts.referral }}
    union all
    select partner, country, subject, year, sex, age_group, contexts from {{ facts.case }}
    union all
    select partner, country, subject, year, sex, age_group, contexts from {{ ref('fct_shelter_requests') }}
)
{%- endset %}
{%- set received %}
(
    select partner, country, subject, year, sex, age_group, contexts from {{ ref('fct_contacts') }}
    union all
    select partner, country, subject, year, sex, age_group, contexts from {{ facts.act }}
    union all
    select partner, country, subject, extract(year from engaged_on) as year, sex, age_group, contexts
    from {{ facts.referral }} where engaged_on is not null
    union all
    select partner, country, subject, year, sex, age_group, contexts from {{ ref('fct_shelter_stays') }}
)
{%- endset %}
{{ return_pack('VRD28', [
    published('VRD28'),
    counted('CRIMES_REPORTED', facts.offence, 'stated.year', dict(by, offence='stated.offence'),
        "stated.reported_to_police = 'Y'"),
    counted('VICTIMS_RECORDED', facts.offence, 'stated.year', by, "stated.reported_to_police = 'Y'", persons=true),
    counted('CASES_INVESTIGATED', facts.stage, 'stated.year', by, "stated.stage = 'INVESTIGATED'"),
    counted('POLICE_REFERRALS', facts.referral, 'stated.year', by, "stated.source = 'POLICE'"),
    counted('SUPPORT_REQUESTED', asked, 'stated.year', by, persons=true),
    counted('SUPPORT_RECEIVED', received, 'stated.year', by, persons=true),
    counted('SUPPORT_NOT_RECEIVED', facts.referral, 'stated.year',
        dict(by, detail="case when stated.outcome = 'DECLINED' then coalesce(stated.decline_reason, 'NR')
            else stated.outcome end"),
        "stated.outcome in ('DECLINED', 'FAILED', 'CANCELLED', 'WAITING')"),
    counted('RESTORATIVE_JUSTICE', facts.act, 'stated.year', by, "stated.service = 'RJ_MEDIATION'"),
    counted('INFORMATION', facts.act, 'stated.year', by, "stated.service = 'INFO_RIGHTS'"),
    counted('SUPPORT_ACTS', facts.act, 'stated.year', dict(by, detail='stated.service')),
    counted('ASSESSED', facts.case, 'stated.year', by, 'stated.protection_assessed_on is not null'),
    counted('MEASURES_GRANTED', facts.order, 'extract(year from stated.granted_on)', dict(by, detail='stated.measure'),
        'stated.granted_on is not null'),
    counted('COMPENSATION', facts.stage, 'stated.year', by, "stated.stage = 'COMPENSATION_AWARDED'"),
]) }}
