-- Take out what happened within a practice's spells from a day on, to be worked out again: the day is not over.
delete from spell_steps
where practice_id = $practice_id and day >= $from_day::date
