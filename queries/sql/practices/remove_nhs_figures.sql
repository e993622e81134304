-- Remove the NHS figures typed in for a practice (a sample practice only: the caller checks).
delete from nhs_figures
where practice_id = $practice_id
