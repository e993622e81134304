-- Forget that the list of a practice was kept for a day, and for days long past.
delete from listing.freshness
where practice_id = $practice_id and (today = $today::date or today < $today::date - 1)
