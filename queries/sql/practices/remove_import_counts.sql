-- Remove the counts of a practice's imports (a sample practice only: the caller checks).
delete from import_counts
where import_id in (select import_id from imports where practice_id = $practice_id)
