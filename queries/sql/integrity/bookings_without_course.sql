-- Visits booked here of courses that are not there. Grain: one row for each booking.
select bookings.practice_id, bookings.booking_id as id
from bookings
left join courses on courses.practice_id = bookings.practice_id and courses.course_id = bookings.opportunity_id
where courses.course_id is null
order by bookings.practice_id, bookings.booking_id
