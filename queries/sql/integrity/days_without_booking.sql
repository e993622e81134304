-- Opportunities that are booked, as history last said of it, by a visit booked here that there is no more.
-- Grain: one row for each opportunity.
with told as (
    select
        practice_id, opportunity_id, after,
        row_number() over (partition by practice_id, opportunity_id order by event_id desc) as place
    from events
    where after like '%"booked_on"%'
)
select care_states.practice_id, care_states.opportunity_id as id
from care_states
join told on told.practice_id = care_states.practice_id and told.opportunity_id = care_states.opportunity_id
    and told.place = 1 and told.after like '%"booking_id"%'
left join bookings on bookings.practice_id = care_states.practice_id
    and bookings.opportunity_id = care_states.opportunity_id and bookings.state <> 'cancelled'
where care_states.booked_on is not null and bookings.booking_id is null
order by care_states.practice_id, care_states.opportunity_id
