-- Take a practice away from everybody who may see it (a sample practice only: the caller checks).
delete from saved_views
where practice_id = $practice_id
