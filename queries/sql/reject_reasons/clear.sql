-- Remove the reasons of a practice. Grain: one row for each.
delete from reject_reasons
where practice_id = $practice_id
