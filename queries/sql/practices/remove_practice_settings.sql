-- Remove the settings of a practice (a sample practice only: the caller checks).
delete from practice_settings
where practice_id = $practice_id
