-- The planned visits of a patient's courses with the appointment that each is booked for.
-- Grain: one row for each planned visit.
select
    planned_visits.course_id, planned_visits.planned_visit_id, planned_visits.position, planned_visits.minutes,
    planned_visits.interval_days, planned_visits.is_bookable, providers.initials as provider,
    appointments.starts_at as booked_at, appointments.status as booked_status
from planned_visits
join courses on courses.practice_id = planned_visits.practice_id and courses.course_id = planned_visits.course_id
left join providers on providers.practice_id = planned_visits.practice_id
    and providers.provider_id = planned_visits.provider_id
left join appointments on appointments.practice_id = planned_visits.practice_id
    and appointments.appointment_id = planned_visits.appointment_id
where courses.practice_id = $practice_id and courses.patient_id = $patient_id
order by planned_visits.course_id, planned_visits.position, planned_visits.planned_visit_id
