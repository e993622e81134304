-- Remove what was booked here (a sample practice only: the caller checks).
delete from bookings
where practice_id = $practice_id
