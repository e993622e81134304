-- Take a practice away from everybody who may see it (a sample practice only: the caller checks).
delete from reject_reasons
where practice_id = $practice_id
