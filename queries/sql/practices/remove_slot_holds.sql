-- Remove the times that patients are confirming (a sample practice only: the caller checks).
delete from slot_holds
where practice_id = $practice_id
