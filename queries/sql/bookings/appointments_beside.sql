-- The PMS's appointments that say something about the bookings of a practice that no import has confirmed: those of the
-- same patient since it was booked, and those of others at its time. Not those that are another booking's own.
-- Grain: one row for each booking and appointment.
with waiting as (
    select bookings.*, courses.patient_id as owner_id, courses.opened_on, courses.pathway
    from bookings
    join courses on courses.practice_id = bookings.practice_id and courses.course_id = bookings.opportunity_id
    where bookings.practice_id = $practice_id and bookings.state in ('to enter', 'entered', 'conflict')
),
own_courses as (
    select waiting.booking_id, courses.course_id
    from waiting
    join courses on courses.practice_id = waiting.practice_id and courses.patient_id = waiting.owner_id
        and (
            courses.course_id = waiting.opportunity_id
            or (courses.opened_on = waiting.opened_on and courses.pathway = waiting.pathway)
        )
),
linked as (
    select own_courses.booking_id, appointments.appointment_id, null as planned_visit_id
    from own_courses
    join appointments on appointments.practice_id = $practice_id and appointments.course_id = own_courses.course_id
    union all
    select own_courses.booking_id, planned_visits.appointment_id, planned_visits.planned_visit_id
    from own_courses
    join planned_visits on planned_visits.practice_id = $practice_id
        and planned_visits.course_id = own_courses.course_id
    where planned_visits.appointment_id is not null
),
links as (
    select
        linked.booking_id, linked.appointment_id,
        coalesce(bool_or(linked.planned_visit_id = waiting.planned_visit_id), false) as is_of_visit,
        coalesce(bool_or(linked.planned_visit_id <> waiting.planned_visit_id), false) as is_of_other_visit
    from linked
    join waiting on waiting.booking_id = linked.booking_id
    group by linked.booking_id, linked.appointment_id
)
select
    waiting.booking_id, appointments.appointment_id, appointments.provider_id,
    coalesce(providers.name, appointments.provider_id) as provider, appointments.starts_at,
    appointments.minutes, appointments.status,
    concat_ws(', ', patients.last_name, nullif(patients.first_name, '')) as patient,
    appointments.patient_id = waiting.owner_id as is_own_patient,
    links.booking_id is not null as is_of_course,
    coalesce(links.is_of_visit, false) as is_of_visit,
    coalesce(links.is_of_other_visit, false) as is_of_other_visit
from waiting
join appointments on appointments.practice_id = waiting.practice_id
    and (
        (appointments.patient_id = waiting.owner_id and appointments.starts_at >= waiting.made_at::date)
        or (
            appointments.provider_id = waiting.provider_id
            and appointments.starts_at < waiting.starts_at + waiting.minutes * interval 1 minute
            and appointments.starts_at + coalesce(appointments.minutes, 30) * interval 1 minute > waiting.starts_at
        )
    )
left join links on links.booking_id = waiting.booking_id and links.appointment_id = appointments.appointment_id
left join patients on patients.practice_id = appointments.practice_id
    and patients.patient_id = appointments.patient_id
left join providers on providers.practice_id = appointments.practice_id
    and providers.provider_id = appointments.provider_id
where not exists (
    select 1
    from bookings as others
    where others.practice_id = waiting.practice_id and others.state = 'confirmed'
        and others.appointment_id = appointments.appointment_id
)
order by
    waiting.booking_id, coalesce(links.is_of_visit, false) desc, links.booking_id is null, appointments.starts_at,
    appointments.appointment_id
