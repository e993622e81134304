-- Remove the history of a practice (a sample practice only: the caller checks).
delete from events
where practice_id = $practice_id
