-- Remove days off and closures (a sample practice only: the caller checks).
delete from closures
where practice_id = $practice_id
