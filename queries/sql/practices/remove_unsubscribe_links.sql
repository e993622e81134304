-- Remove the links by which patients opt out (a sample practice only: the caller checks).
delete from unsubscribe_links
where practice_id = $practice_id
