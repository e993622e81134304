-- Visits booked here that are in some state, with whom and what they are for. Grain: one row for each booking.
select
    bookings.booking_id, bookings.practice_id, practices.name as practice, bookings.opportunity_id, courses.patient_id,
    concat_ws(', ', patients.last_name, nullif(patients.first_name, '')) as patient,
    coalesce(patients.mobile, patients.phone) as phone, courses.cot_number, planned_visits.position,
    bookings.planned_visit_id, bookings.provider_id, coalesce(providers.name, bookings.provider_id) as provider,
    bookings.starts_at, bookings.minutes, bookings.state, bookings.conflict, bookings.appointment_id,
    bookings.starts_at::date < $today::date as is_past, coalesce(users.name, bookings.made_by) as made_by,
    bookings.made_at, bookings.version, bookings.changed_at
from bookings
join practices on practices.practice_id = bookings.practice_id
join courses on courses.practice_id = bookings.practice_id and courses.course_id = bookings.opportunity_id
left join patients on patients.practice_id = courses.practice_id and patients.patient_id = courses.patient_id
left join planned_visits on planned_visits.practice_id = bookings.practice_id
    and planned_visits.planned_visit_id = bookings.planned_visit_id
left join providers on providers.practice_id = bookings.practice_id
    and providers.provider_id = bookings.provider_id
left join users on users.user_id = bookings.made_by
where list_contains($practice_ids::text[], bookings.practice_id) and list_contains($states::text[], bookings.state)
order by bookings.starts_at, bookings.booking_id
