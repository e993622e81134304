-- Remove every payor of a practice.
delete from payors
where practice_id = $practice_id
