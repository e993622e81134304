-- How practices take bookings. Grain: one row for each that has settings of its own.
select practice_id, is_online, link_days, notice_hours, days_ahead, step_minutes, is_confirmed
from booking_settings
where list_contains($practice_ids::text[], practice_id)
order by practice_id
