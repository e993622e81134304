-- Let the bookings of a practice follow courses that now belong to another patient, whose records the PMS merged.
update bookings
set patient_id = courses.patient_id
from courses
where bookings.practice_id = $practice_id
    and courses.practice_id = $practice_id and courses.course_id = bookings.opportunity_id
    and courses.patient_id <> bookings.patient_id
