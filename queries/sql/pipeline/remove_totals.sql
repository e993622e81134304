-- Take out the totals of a practice's day, to be written again: the day is not over.
delete from daily_totals
where practice_id = $practice_id and day = $today::date
