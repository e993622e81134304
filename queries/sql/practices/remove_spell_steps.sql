-- Remove the history of a practice's pipeline (a sample practice only: the caller checks).
delete from spell_steps
where practice_id = $practice_id
