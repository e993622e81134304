-- Visits booked here, and not confirmed yet, until whose day their opportunity is not booked.
-- Grain: one row for each booking.
select bookings.practice_id, bookings.booking_id as id
from bookings
left join care_states on care_states.practice_id = bookings.practice_id
    and care_states.opportunity_id = bookings.opportunity_id
where bookings.state in ('to enter', 'entered', 'conflict')
    and (care_states.booked_on is null or care_states.booked_on < bookings.starts_at::date)
order by bookings.practice_id, bookings.booking_id
