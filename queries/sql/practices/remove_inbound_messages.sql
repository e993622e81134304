-- Remove what patients wrote (a sample practice only: the caller checks).
delete from inbound_messages
where practice_id = $practice_id
