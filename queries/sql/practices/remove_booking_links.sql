-- Remove the links by which patients book (a sample practice only: the caller checks).
delete from booking_links
where practice_id = $practice_id
