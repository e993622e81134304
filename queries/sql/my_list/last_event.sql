-- The newest event of all. Grain: one row; null before the first.
select max(event_id) as event_id from events order by event_id
