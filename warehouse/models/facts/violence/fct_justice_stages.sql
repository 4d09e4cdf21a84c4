-- One row a stage that a case reached, as now stated. The unit is the case, not the person and not the offender.
select {{ about_person('recorded', 'reached') }},
    recorded.stage,
    recorded.sentence,
    recorded.perpetrator_sex,
    recorded.perpetrator_age_band,
    recorded.violence_forms
from {{ person_facts('justice_stagerecorded') }} as recorded
