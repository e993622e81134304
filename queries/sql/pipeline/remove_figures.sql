-- Take out the figures of a practice's day, to be written again: the day is not over.
delete from daily_figures
where practice_id = $practice_id and day = $today::date
