-- When each of some practices was last looked at. Grain: one row for each practice that ever was.
select practice_id, max(day) as day, max(taken_at) as taken_at
from daily_totals
where list_contains($practice_ids, practice_id)
group by practice_id
order by practice_id
