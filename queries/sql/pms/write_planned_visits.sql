-- Add or change the staged rows of a practice. Grain of `staged`: one row for each planned visit.
insert into planned_visits (
    practice_id,
    planned_visit_id, course_id, position, provider_id, minutes, interval_days, appointment_id, is_bookable
)
select
    $practice_id,
    planned_visit_id, course_id, position, provider_id, minutes, interval_days, appointment_id, is_bookable
from staged
on conflict (practice_id, planned_visit_id) do update set
    course_id = excluded.course_id,
    position = excluded.position,
    provider_id = excluded.provider_id,
    minutes = excluded.minutes,
    interval_days = excluded.interval_days,
    appointment_id = excluded.appointment_id,
    is_bookable = excluded.is_bookable
