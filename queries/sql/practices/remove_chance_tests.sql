-- Remove what was learnt from a practice's history (a sample practice only: the caller checks).
delete from chance_tests
where practice_id = $practice_id
