-- Keep when a provider works. Grain: one row for each weekday.
insert into working_hours (practice_id, provider_id, weekday, from_time, to_time, break_from, break_to, room)
select $practice_id, $provider_id, weekday, from_time, to_time, break_from, break_to, room
from staged
