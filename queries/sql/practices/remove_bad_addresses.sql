-- Remove the addresses that nothing can be delivered to (a sample practice only: the caller checks).
delete from bad_addresses
where practice_id = $practice_id
