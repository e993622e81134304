-- The payors of practices by name. Grain: one row for each name.
select distinct name
from payors
where list_contains($practice_ids, practice_id)
order by name
