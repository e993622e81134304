-- Remove the named rows, which a later full extract of the practice no longer had.
delete from planned_visits
where practice_id = $practice_id and list_contains($ids, planned_visit_id)
