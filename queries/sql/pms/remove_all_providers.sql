-- Remove every provider of a practice.
delete from providers
where practice_id = $practice_id
