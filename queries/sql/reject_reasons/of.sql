-- The reasons for which practices reject, each practice's in its own order. Grain: one row for each of a practice.
select practice_id, reason
from reject_reasons
where list_contains($practice_ids::text[], practice_id)
order by practice_id, position, reason
