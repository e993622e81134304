-- Remove every course of treatment of a practice.
delete from courses
where practice_id = $practice_id
