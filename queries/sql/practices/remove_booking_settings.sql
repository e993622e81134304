-- Remove how bookings are taken (a sample practice only: the caller checks).
delete from booking_settings
where practice_id = $practice_id
