-- What was last learnt from the history of these practices, or of all. Grain: one row for each practice that has any.
select practice_id, worked_out_on, worked_out_at, revision, result
from chance_tests
where $practice_ids::text[] is null or list_contains($practice_ids::text[], practice_id)
order by practice_id
