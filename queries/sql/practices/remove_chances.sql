-- Remove the chances of a practice's opportunities (a sample practice only: the caller checks).
delete from chances
where practice_id = $practice_id
