-- Remove how messages are sent (a sample practice only: the caller checks).
delete from contact_settings
where practice_id = $practice_id
