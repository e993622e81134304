-- Remove who is in a sequence (a sample practice only: the caller checks).
delete from sequence_runs
where practice_id = $practice_id
