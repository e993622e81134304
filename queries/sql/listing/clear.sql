-- Forget the kept list of a practice for a day, and the lists of days long past.
delete from listing.opportunities
where practice_id = $practice_id and (today = $today::date or today < $today::date - 1)
