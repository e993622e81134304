-- Remove the messages (a sample practice only: the caller checks).
delete from messages
where practice_id = $practice_id
