select partner, country, dataset, quarter, state
from {{ ref('int_delivery_states') }}
