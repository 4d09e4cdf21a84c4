-- What each person contributes to each course of a fact in a year: the indicators' marks on a record, joined. Written by `make schemas` from warehouse/indicators/*.yaml: change that, not this.
{{ courses(
    fact="fct_cases",
    marks=[
        {"counted": "(entry_source not in ('U', 'NA', 'NR', 'REF'))", "numerator": "entry_source = 'POLICE'"},
        {"counted": "(tier = 'GENERIC' and context in ('IPV', 'DV', 'SEX')) and (opened_precision = 'D')", "numerator": "specialist_engaged_on <= opened_on + 60", "date": "opened_on", "precision": "opened_precision", "days": 60},
        {"counted": "(tier = 'GENERIC' and context in ('IPV', 'DV', 'SEX')) and (specific_needs = 'Y') and (opened_precision = 'D')", "numerator": "specialist_engaged_on <= opened_on + 60", "date": "opened_on", "precision": "opened_precision", "days": 60},
        {"counted": "(opened_precision = 'D')", "numerator": "protection_assessed_on <= opened_on + 14", "date": "opened_on", "precision": "opened_precision", "days": 14},
        {"counted": "(opened_precision = 'D')", "numerator": "support_assessed_on <= opened_on + 14", "date": "opened_on", "precision": "opened_precision", "days": 14},
        {"counted": "(opened_precision = 'D')", "numerator": "least(protection_assessed_on, support_assessed_on) <= opened_on + 14", "date": "opened_on", "precision": "opened_precision", "days": 14},
        {"counted": "(specific_needs = 'Y')", "numerator": "measure_granted_on is not null"},
        {"counted": "(opened_precision = 'D')", "numerator": "informed_on <= opened_on + 7", "date": "opened_on", "precision": "opened_precision", "days": 7},
    ]
) }}

union all

{{ courses(
    fact="fct_needs",
    marks=[
        {"counted": "(status_at_closure is not null and status_at_closure <> 'REFUSED') and (status_at_closure not in ('U', 'NR'))", "numerator": "status_at_closure = 'MET'"},
        {"counted": "(status_at_closure is not null and status_at_closure <> 'REFUSED') and (status_at_closure not in ('U', 'NR'))", "numerator": "status_at_closure = 'PARTLY'"},
    ]
) }}

union all

{{ courses(
    fact="fct_offences",
    marks=[
        {"counted": "(is_counted_elsewhere is not true) and (reported_to_police in ('Y', 'N'))", "numerator": "reported_to_police = 'N'"},
    ]
) }}

union all

{{ courses(
    fact="fct_protections",
    marks=[
        {"counted": "(measure in ('EMERGENCY_BARRING', 'RESTRAINING', 'PROTECTION_ORDER', 'EUROPEAN_ORDER'))", "numerator": "true"},
        {"counted": "(measure in ('EMERGENCY_BARRING', 'RESTRAINING', 'PROTECTION_ORDER', 'EUROPEAN_ORDER'))", "numerator": "granted_on is not null"},
        {"counted": "(measure in ('EMERGENCY_BARRING', 'RESTRAINING', 'PROTECTION_ORDER', 'EUROPEAN_ORDER')) and (granted_on is not null)", "numerator": "breached_on is not null"},
    ]
) }}

union all

{{ courses(
    fact="fct_sector_answers",
    marks=[
        {"counted": "(answer <> 'NR')", "numerator": "answer = 'REFERRED'"},
        {"counted": "(answer <> 'NR')", "numerator": "answer = 'PROVIDED_HERE'"},
        {"counted": "(answer <> 'NR')", "numerator": "answer = 'ALREADY_RECEIVED'"},
        {"counted": "(answer <> 'NR')", "numerator": "answer = 'NOT_APPLICABLE'"},
        {"counted": "(answer <> 'NR')", "numerator": "answer = 'DECLINED'"},
        {"counted": "(answer <> 'NR')", "numerator": "answer = 'UNAVAILABLE'"},
    ]
) }}

union all

{{ courses(
    fact="fct_shelter_requests",
    marks=[
        {"counted": "(outcome <> 'WITHDRAWN') and (outcome not in ('U', 'NR'))", "numerator": "outcome = 'REFUSED' and reason not in ('CLIENT_WITHDREW', 'DUPLICATE')"},
        {"counted": "(outcome <> 'WITHDRAWN') and (outcome not in ('U', 'NR'))", "numerator": "outcome = 'REFUSED' and reason = 'NO_CAPACITY'"},
    ]
) }}

union all

{{ courses(
    fact="fct_shelter_stays",
    marks=[
        {"counted": "(ended_on is not null) and (length not in ('U', 'NR'))", "numerator": "length in ('91-180', '181+')"},
        {"counted": "(ended_on is not null) and (destination not in ('U', 'NA', 'NR', 'REF'))", "numerator": "destination = 'RETURNED'"},
    ]
) }}

union all

{{ courses(
    fact="fct_triggers",
    marks=[
        {"counted": "(triggered_precision = 'D')", "numerator": "reviewed_on <= triggered_on + 30", "date": "triggered_on", "precision": "triggered_precision", "days": 30},
        {"counted": "true", "numerator": "reviewed_on is not null", "date": "triggered_on", "precision": "triggered_precision", "days": 30},
    ]
) }}

union all

{{ courses(
    fact="indicator_justice_paths",
    marks=[
        {"counted": "true", "numerator": "true"},
        {"counted": "true", "numerator": "is_charged"},
        {"counted": "(is_charged)", "numerator": "is_convicted"},
        {"counted": "(is_convicted) and (sentence not in ('U', 'NA', 'NR'))", "numerator": "sentence = 'CUSTODIAL'"},
    ]
) }}
