-- One row an answer about a sector: whether a victim was referred to it, and if not, why not.
select {{ about_person('answered', 'answered', tags='answered.tags') }}, answered.sector, answered.answer
from {{ facts_of_known_persons('referral_sectoranswered') }} as answered
