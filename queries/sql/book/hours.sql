-- When a practice and its providers work. Grain: one row for each provider and weekday; '' is the practice itself.
select provider_id, weekday, from_time, to_time, break_from, break_to, room
from working_hours
where practice_id = $practice_id
order by provider_id, weekday
