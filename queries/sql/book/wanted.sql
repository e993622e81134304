-- The visits of an opportunity in their order, with the day of each and whether it is to be booked; of a pathway those
-- of the course that goes on. Grain: one row for each planned visit, or one without a visit when none is planned.
with
named as (
    select practice_id, patient_id, opened_on, pathway, course_id
    from courses
    where practice_id = $practice_id and course_id = $opportunity_id
),
course as (
    select courses.practice_id, courses.course_id, courses.cot_number, courses.patient_id, courses.provider_id
    from named
    join courses on courses.practice_id = named.practice_id and courses.patient_id = named.patient_id
        and (
            courses.course_id = named.course_id
            or (courses.opened_on = named.opened_on and courses.pathway = named.pathway)
        )
    -- As the rule (courses_on) chooses the course of a chain.
    order by
        courses.is_deleted, courses.absent_since is not null, coalesce(courses.completed_on <= $today::date, false),
        courses.claim_number desc nulls last, courses.course_id desc
    limit 1
)
select
    planned_visits.planned_visit_id, planned_visits.position, planned_visits.minutes, planned_visits.interval_days,
    coalesce(planned_visits.is_bookable, true) as is_bookable,
    providers.provider_id, providers.name as provider,
    coalesce(providers.is_active and providers.is_online_bookable, false) as is_online_bookable,
    coalesce(appointments.starts_at, booked_here.starts_at)::date as visit_on,
    appointments.appointment_id is null and coalesce(booked_here.is_missed, true) as is_to_book,
    course.patient_id, patients.first_name, concat_ws(', ', patients.last_name, nullif(patients.first_name, '')) as patient,
    course.cot_number
from course
join patients on patients.practice_id = course.practice_id and patients.patient_id = course.patient_id
left join planned_visits on planned_visits.practice_id = course.practice_id
    and planned_visits.course_id = course.course_id
left join providers on providers.practice_id = course.practice_id
    and providers.provider_id = coalesce(planned_visits.provider_id, course.provider_id)
left join appointments on appointments.practice_id = planned_visits.practice_id
    and appointments.appointment_id = planned_visits.appointment_id
    and appointments.status in ('booked', 'confirmed', 'arrived', 'pending', 'completed')
left join booked_here([$practice_id], $today, $besides_booking) as booked_here
    on booked_here.practice_id = planned_visits.practice_id
    and booked_here.planned_visit_id = planned_visits.planned_visit_id
order by planned_visits.position nulls last, planned_visits.planned_visit_id
