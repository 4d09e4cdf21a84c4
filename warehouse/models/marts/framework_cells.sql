select
    partner, programme, country, instrument, requirement, dimension, target_group, status, level, assessed_on,
    valid_from, evidence, gap, basis
from {{ ref('int_framework_cells') }}
