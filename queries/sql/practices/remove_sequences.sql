-- Remove the sequences (a sample practice only: the caller checks).
delete from sequences
where practice_id = $practice_id
