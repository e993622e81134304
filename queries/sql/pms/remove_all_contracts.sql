-- Remove every contract term of a practice.
delete from contracts
where practice_id = $practice_id
