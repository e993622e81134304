-- Remove the named rows, which a later full extract of the practice no longer had.
delete from appointments
where practice_id = $practice_id and list_contains($ids, appointment_id)
