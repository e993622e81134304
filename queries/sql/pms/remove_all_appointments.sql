-- Remove every appointment of a practice.
delete from appointments
where practice_id = $practice_id
