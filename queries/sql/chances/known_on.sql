-- What was known at the beginning of each of $days about the opportunities of a practice that were on the list then, neither
-- booked nor rejected, and when each was booked within $within_days from that day on, if it was.
-- Grain: one row for each such opportunity and day; of every $every-th spell alone, counted from the first.
-- Only what happened before the day counts: what became known later, such as that a course was deleted, is not looked at.
with
days as (
    select unnest($days::date[]) as day
),
numbered as (
    select
        spells.*,
        row_number() over (order by listed_from, opportunity_id) as place
    from spells
    where practice_id = $practice_id
),
listed as (
    select
        numbered.opportunity_id, numbered.patient_id, numbered.payor_id, numbered.opened_on,
        numbered.first_worth_pence, days.day
    from numbered
    join days on days.day >= numbered.listed_from and (numbered.listed_to is null or days.day < numbered.listed_to)
    where numbered.place % $every::integer = 0
),
told as (
    select
        events.event_id, events.opportunity_id, events.kind, events.undoes, events.after,
        (events.happened_at at time zone 'UTC' at time zone practices.timezone)::date as day,
        -- A message that waits is a contact of the day on which it is due, as on the list.
        coalesce(
            (events.after::json ->> 'last_contact_at')::timestamp at time zone 'UTC' at time zone practices.timezone,
            events.happened_at at time zone 'UTC' at time zone practices.timezone
        )::date as reached_on
    from events
    join practices on practices.practice_id = events.practice_id
    where events.practice_id = $practice_id
        and events.opportunity_id is not null
        and (
            events.kind in ('attempted', 'contacted', 'booked', 'undone')
            or events.after like '%"status"%' or events.after like '%"booked_on"%'
        )
),
acts as (
    select told.*, undoing.day as undone_on
    from told
    left join told as undoing on undoing.undoes = told.event_id
),
acted as (
    select
        listed.opportunity_id, listed.day,
        count(distinct acts.reached_on) filter (where acts.kind in ('attempted', 'contacted')) as days_tried,
        max(acts.reached_on) filter (where acts.kind = 'contacted') as contacted_on
    from listed
    join acts on acts.opportunity_id = listed.opportunity_id
        and acts.reached_on < listed.day and (acts.undone_on is null or acts.undone_on >= listed.day)
    group by listed.opportunity_id, listed.day
),
-- How an opportunity stood is what its events say last, whatever they are: one that takes back says what was before.
stood as (
    select
        listed.opportunity_id, listed.day,
        arg_max(told.after::json ->> 'status', told.event_id) as status,
        arg_max(told.after::json -> 'booked_on', told.event_id) as booked_on
    from listed
    join told on told.opportunity_id = listed.opportunity_id and told.day < listed.day
    group by listed.opportunity_id, listed.day
),
past as (
    select
        listed.opportunity_id, listed.day,
        count(*) filter (where courses.completed_on < listed.day) as finished,
        count(*) filter (
            where courses.opened_on < listed.day - $lapse_days::integer
                and (courses.completed_on is null or courses.completed_on >= listed.day)
        ) as lapsed
    from listed
    join courses on courses.practice_id = $practice_id
        and courses.patient_id = listed.patient_id and courses.opened_on < listed.opened_on
    group by listed.opportunity_id, listed.day
),
missed as (
    select listed.opportunity_id, listed.day, count(*) as missed
    from listed
    join appointments on appointments.practice_id = $practice_id
        and appointments.patient_id = listed.patient_id
        and appointments.status = 'failed' and appointments.starts_at::date < listed.day
    group by listed.opportunity_id, listed.day
),
-- The steps have the first booking of a time on the list; one that is booked again there is told by its event alone.
bookings as (
    select opportunity_id, day
    from spell_steps
    where practice_id = $practice_id and step = 'booked'
    union all
    select opportunity_id, day
    from told
    group by opportunity_id, day
    -- Not what was given up on the day on which it was booked.
    having bool_or(kind = 'booked') and not coalesce(
        arg_max(kind <> 'booked' and after like '%"booked_on": null%', event_id) filter (after like '%"booked_on": %'),
        false
    )
),
booked as (
    select listed.opportunity_id, listed.day, min(bookings.day) as booked_on
    from listed
    join bookings on bookings.opportunity_id = listed.opportunity_id
        and bookings.day >= listed.day and bookings.day < listed.day + $within_days::integer
    group by listed.opportunity_id, listed.day
)
select
    listed.opportunity_id,
    listed.day,
    listed.day - listed.opened_on as days_open,
    payors.kind as payor_kind,
    listed.first_worth_pence as worth_pence,
    coalesce(acted.days_tried, 0) as days_tried,
    listed.day - acted.contacted_on as days_since_contact,
    coalesce(past.finished, 0) as finished,
    coalesce(past.lapsed, 0) as lapsed,
    coalesce(missed.missed, 0) as missed,
    booked.booked_on
from listed
left join payors on payors.practice_id = $practice_id and payors.payor_id = listed.payor_id
left join acted on acted.opportunity_id = listed.opportunity_id and acted.day = listed.day
left join past on past.opportunity_id = listed.opportunity_id and past.day = listed.day
left join missed on missed.opportunity_id = listed.opportunity_id and missed.day = listed.day
left join booked on booked.opportunity_id = listed.opportunity_id and booked.day = listed.day
left join stood on stood.opportunity_id = listed.opportunity_id and stood.day = listed.day
where coalesce(stood.status, '') <> 'rejected'
    -- One that is booked is so until its day has passed; a null of JSON is no day.
    and coalesce(try_cast(stood.booked_on ->> '$' as date) < listed.day, true)
order by listed.day, listed.opportunity_id
