-- Remove the notebooks that are shared with a practice (a sample practice only: the caller checks).
delete from notebooks
where practice_id = $practice_id
