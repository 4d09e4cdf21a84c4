select plan, programme, country, level, title, language, adopted_on, starts_on, ends_on, basis
from {{ ref('int_plans') }}
