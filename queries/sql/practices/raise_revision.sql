-- Say that what the rule reads about a practice has changed.
update practices
set revision = revision + 1
where practice_id = $practice_id
