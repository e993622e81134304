-- From when to when the days of some practices are kept, and when each was last looked at.
-- Grain: one row for each practice of which any day is.
select practice_id, min(day) as first_on, max(day) as last_on, max(taken_at) as taken_at
from daily_totals
where list_contains($practice_ids, practice_id)
group by practice_id
order by practice_id
