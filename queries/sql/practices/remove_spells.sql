-- Remove the history of a practice's pipeline (a sample practice only: the caller checks).
delete from spells
where practice_id = $practice_id
