-- Remove a practice (a sample practice only: the caller checks).
delete from practices
where practice_id = $practice_id
