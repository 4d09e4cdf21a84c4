select
    plan, programme, instrument, instrument_version, kind, title, language, issued_on, replaces, source, basis
from {{ ref('int_instrument_versions') }}
