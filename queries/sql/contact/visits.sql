-- The planned visits of an opportunity that are not booked and not done. Grain: one row for each, in their order.
select
    planned_visits.planned_visit_id, planned_visits.position, planned_visits.minutes, providers.initials as provider
from courses
left join listing.opportunities as listed on listed.practice_id = courses.practice_id
    and listed.opportunity_id = courses.course_id and listed.today = $today::date
join planned_visits on planned_visits.practice_id = courses.practice_id
    and planned_visits.course_id = coalesce(listed.course_id, courses.course_id)
left join appointments on appointments.practice_id = planned_visits.practice_id
    and appointments.appointment_id = planned_visits.appointment_id
left join providers on providers.practice_id = planned_visits.practice_id
    and providers.provider_id = planned_visits.provider_id
where courses.practice_id = $practice_id and courses.course_id = $opportunity_id
    and coalesce(appointments.status not in ('booked', 'confirmed', 'arrived', 'pending', 'completed'), true)
    and not exists (
        select 1
        from booked_here([$practice_id], $today, null) as booked_here
        where booked_here.practice_id = planned_visits.practice_id
            and booked_here.planned_visit_id = planned_visits.planned_visit_id and not booked_here.is_missed
    )
order by planned_visits.position, planned_visits.planned_visit_id
