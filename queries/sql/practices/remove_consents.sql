-- Remove what patients said about being contacted (a sample practice only: the caller checks).
delete from consents
where practice_id = $practice_id
