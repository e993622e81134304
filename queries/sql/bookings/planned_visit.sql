-- A planned visit of an opportunity's course, or of its chain of courses, and the live or done appointment that it has.
-- Grain: one row, or none when the course has no such visit any more.
select planned_visits.planned_visit_id, appointments.starts_at as visit_at
from planned_visits
join courses on courses.practice_id = planned_visits.practice_id and courses.course_id = planned_visits.course_id
join courses as first_courses on first_courses.practice_id = courses.practice_id
    and first_courses.patient_id = courses.patient_id and first_courses.course_id = $opportunity_id
    and (
        first_courses.course_id = courses.course_id
        or (first_courses.opened_on = courses.opened_on and first_courses.pathway = courses.pathway)
    )
left join appointments on appointments.practice_id = planned_visits.practice_id
    and appointments.appointment_id = planned_visits.appointment_id
    and appointments.status in ('booked', 'confirmed', 'arrived', 'pending', 'completed')
where planned_visits.practice_id = $practice_id and planned_visits.planned_visit_id = $planned_visit_id
order by planned_visits.planned_visit_id
