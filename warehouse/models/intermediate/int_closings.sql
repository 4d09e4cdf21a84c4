-- One row a quarter that is closed, and the position of the log at which it was: that of its release, which stands.
select period as quarter, min(release) as release, min(own_position) as closed_at
from {{ current_facts('release_published') }} as published
group by period
