-- What each pack asks for, one row an item: the law, whose figure it is, and what the hub lacks.
select
    pack, nth, item, title, legal, wording, sector, counting_unit, about_nobody, official_code, held, missing
from {{ ref('return_definitions') }}
