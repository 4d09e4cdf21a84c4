-- One row a version of an instrument, as now stated.
select
    plan, programme, instrument, instrument_version, kind, title, language, issued_on, replaces, source, basis
from {{ current_facts('instrument_versioned') }} as stated
