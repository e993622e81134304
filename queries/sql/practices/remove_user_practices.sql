-- Take a practice away from everybody who may see it (a sample practice only: the caller checks).
delete from user_practices
where practice_id = $practice_id
