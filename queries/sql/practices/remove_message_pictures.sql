-- Forget the pictures of messages (a sample practice only: the caller checks).
delete from message_pictures
where message_id in (select message_id from messages where practice_id = $practice_id)
