-- From which day a practice has a history of its list, and how many times something was on it. Grain: one row, of nothing
-- where there is no history.
select min(listed_from) as first_on, count(*) as spells
from spells
where practice_id = $practice_id
order by first_on
