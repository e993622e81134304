-- Forget that digests were written (a sample practice only: the caller checks).
delete from digests
where message_id in (select message_id from messages where practice_id = $practice_id)
