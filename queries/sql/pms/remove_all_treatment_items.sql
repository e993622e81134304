-- Remove every treatment item of a practice.
delete from treatment_items
where practice_id = $practice_id
