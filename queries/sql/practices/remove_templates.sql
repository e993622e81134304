-- Remove the templates (a sample practice only: the caller checks).
delete from templates
where practice_id = $practice_id
