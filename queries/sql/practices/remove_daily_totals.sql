-- Remove the history of a practice's pipeline (a sample practice only: the caller checks).
delete from daily_totals
where practice_id = $practice_id
