-- Remove what the senders told about messages (a sample practice only: the caller checks).
delete from message_events
where message_id in (select message_id from messages where practice_id = $practice_id)
