-- Take out what happened within a practice's spells on a day, to be worked out again: the day is not over.
delete from spell_steps
where practice_id = $practice_id and day = $today::date
