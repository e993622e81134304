-- Take out the chances of a practice, before those of another day are written.
delete from chances
where practice_id = $practice_id
