-- Make visits that are linked to no course count as booked.
update practice_settings
set is_unlinked_visit_counted = true, changed_by = $by, changed_at = $now
where practice_id = $practice_id and not is_unlinked_visit_counted
returning practice_id
