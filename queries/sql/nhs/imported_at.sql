-- When the last extract of a practice was taken in. Grain: one row, empty where none was.
select max(imported_at) as imported_at
from imports
where practice_id = $practice_id
order by imported_at
