-- Remove what people did about the opportunities of a practice (a sample practice only: the caller checks).
delete from care_states
where practice_id = $practice_id
