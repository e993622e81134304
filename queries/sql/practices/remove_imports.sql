-- Remove the record of a practice's imports (a sample practice only: the caller checks).
delete from imports
where practice_id = $practice_id
