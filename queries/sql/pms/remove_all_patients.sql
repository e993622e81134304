-- Remove every patient of a practice.
delete from patients
where practice_id = $practice_id
