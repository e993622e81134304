-- The appointment book: when people work, what was booked here until the PMS has it, and the links by which patients book.

-- When a provider works, by day of the week (1 is Monday); provider_id '' is the practice's own hours, which hold for a
-- provider who has none of their own on any day. The practice's wall clock.
create table working_hours (
    practice_id text not null,
    provider_id text not null,
    weekday integer not null,
    from_time time not null,
    to_time time not null,
    break_from time,
    break_to time,
    room text,                              -- who else works in it that day cannot be booked at the same time
    primary key (practice_id, provider_id, weekday)
);

-- Days, or hours of days, on which a provider is away (provider_id '': the whole practice is closed). Both days in.
create table closures (
    practice_id text not null,
    closure_id text not null,
    provider_id text not null,
    from_on date not null,
    to_on date not null,
    from_time time,                         -- null: the whole of each day
    to_time time,
    reason text,
    changed_by text not null,
    changed_at timestamp not null,
    primary key (practice_id, closure_id)
);

-- How a practice takes bookings. A practice without a row has the defaults (services/booking_settings.py).
create table booking_settings (
    practice_id text primary key,
    is_online boolean not null,             -- patients may book by a link
    link_days integer not null,             -- a link lasts so long
    notice_hours integer not null,          -- a patient books so far ahead at least ...
    days_ahead integer not null,            -- ... and so far at most
    step_minutes integer not null,          -- visits begin at whole steps after the hour
    is_confirmed boolean not null,          -- a patient who books gets a message that says so
    changed_by text not null,
    changed_at timestamp not null
);

-- Visits booked here. state: to enter (in the PMS, by a person), entered (ticked off), confirmed (an import has it),
-- conflict (an import contradicts it), cancelled.
create table bookings (
    booking_id text primary key,
    practice_id text not null,
    opportunity_id text not null,
    patient_id text not null,
    planned_visit_id text,
    provider_id text not null,
    starts_at timestamp not null,           -- the practice's wall clock
    minutes integer not null,
    state text not null,
    conflict text,                          -- what the import says instead
    appointment_id text,                    -- the PMS's own, once an import has it
    made_by text not null,                  -- a user, or "patient"
    made_at timestamp not null,
    version integer not null,
    changed_by text not null,
    changed_at timestamp not null
);

-- The links by which patients book; of each only the hash of its token is kept.
create table booking_links (
    token_hash text primary key,
    practice_id text not null,
    opportunity_id text not null,
    patient_id text not null,
    planned_visit_id text not null,
    message_id text,                        -- the message that carries it
    made_by text not null,
    made_at timestamp not null,
    expires_at timestamp not null,
    opened_at timestamp,
    used_at timestamp,
    used_for text,                          -- booked, later, declined, call
    booking_id text,
    revoked_at timestamp,
    revoked_why text                        -- booked, rejected, replaced
);

-- A time that a patient is confirming; nobody else is offered it until then. One for each link.
create table slot_holds (
    token_hash text primary key,
    practice_id text not null,
    provider_id text not null,
    starts_at timestamp not null,
    minutes integer not null,
    until_at timestamp not null
);

-- When the last link about it was sent, and when the patient opened it; both null again once it is booked or rejected.
alter table care_states add column link_sent_at timestamp;
alter table care_states add column link_opened_at timestamp;

-- When the planned visits are that are booked here; not those that the PMS had and has no more. is_missed: the day has
-- passed and no import had it, so that it may be booked again. Grain: one row for each planned visit.
create macro booked_here(practices, today, besides_booking) as table
select
    bookings.practice_id, bookings.planned_visit_id, max(coalesce(appointments.starts_at, bookings.starts_at)) as starts_at,
    bool_and(bookings.state <> 'confirmed' and bookings.starts_at < today::date) as is_missed
from bookings
left join appointments on appointments.practice_id = bookings.practice_id
    and appointments.appointment_id = bookings.appointment_id
    and appointments.status in ('booked', 'confirmed', 'arrived', 'pending', 'completed')
where list_contains(practices, bookings.practice_id) and bookings.planned_visit_id is not null
    and (
        bookings.state in ('to enter', 'entered', 'conflict')
        or (bookings.state = 'confirmed' and appointments.appointment_id is not null)
    )
    and bookings.booking_id is distinct from besides_booking
group by bookings.practice_id, bookings.planned_visit_id;

-- When the providers of a practice work, from `first` to `last`. Grain: one row for each provider and working day.
-- Hours that end at or before they begin go on until the next day. A day's room is its own from its first minute on.
create macro hours_on(practice, first, last) as table
select
    providers.provider_id, providers.is_active, days.day, working_hours.room,
    days.day + working_hours.from_time as from_at,
    days.day + working_hours.to_time
        + case when working_hours.to_time <= working_hours.from_time then interval 1 day else interval 0 day end as to_at,
    days.day + working_hours.break_from
        + case when working_hours.break_from < working_hours.from_time then interval 1 day else interval 0 day end
        as break_from_at,
    days.day + working_hours.break_to
        + case when working_hours.break_to <= working_hours.from_time then interval 1 day else interval 0 day end
        as break_to_at
from providers
cross join (
    select unnest(generate_series(first::date - 1, last::date, interval 1 day))::date as day
) as days
join working_hours on working_hours.practice_id = practice
    and working_hours.weekday = isodow(days.day)
    and working_hours.provider_id = case
        when providers.provider_id in (select own.provider_id from working_hours as own where own.practice_id = practice)
        then providers.provider_id else '' end
where providers.practice_id = practice;

-- What takes the time of providers from `first` to `last`: appointments of the PMS, visits booked here, and times that
-- a patient is confirming at `now`. Grain: one row for each. An appointment of unknown length is taken as half an hour.
create macro taken_on(practice, first, last, now, besides_link, besides_booking) as table
with
taken as (
    select provider_id, starts_at as from_at, coalesce(minutes, 30) as minutes
    from appointments
    where practice_id = practice and status in ('booked', 'confirmed', 'arrived', 'pending', 'completed')
    union all
    select provider_id, starts_at, minutes
    from bookings
    where practice_id = practice and state in ('to enter', 'entered', 'conflict')
        and booking_id is distinct from besides_booking
    union all
    select provider_id, starts_at, minutes
    from slot_holds
    where practice_id = practice and until_at > now and token_hash is distinct from besides_link
)
select provider_id, from_at, from_at + minutes * interval 1 minute as to_at
from taken
where from_at >= first::date - 1 and from_at < last::date + 2;

-- When providers are away from `first` to `last`, '' being everybody. Grain: one row for each closure and day.
create macro closed_on(practice, first, last) as table
select
    closures.provider_id, closures.reason,
    days.day + coalesce(closures.from_time, time '00:00') as from_at,
    case when closures.to_time is null then days.day + interval 1 day else days.day + closures.to_time end as to_at
from closures
join (
    select unnest(generate_series(first::date - 1, last::date + 1, interval 1 day))::date as day
) as days on days.day between closures.from_on and closures.to_on
where closures.practice_id = practice;

-- When somebody else is in the room of a provider, from `first` to `last`.
-- Grain: one row for each working day of a provider and visit of the other one.
create macro rooms_on(practice, provider_ids, first, last, now, besides_link, besides_booking) as table
with
everybodys as (
    select * from hours_on(practice, first, last)
)
select hours.provider_id, hours.day, hours.from_at as opens_at, hours.to_at as closes_at, taken.from_at, taken.to_at
from everybodys as hours
join everybodys as others on others.room = hours.room and others.provider_id <> hours.provider_id
    and others.day between hours.day - 1 and hours.day + 1
join taken_on(practice, first, last, now, besides_link, besides_booking) as taken
    on taken.provider_id = others.provider_id
    and taken.from_at < greatest(others.day + interval 1 day, others.to_at) and taken.to_at > others.day
where hours.is_active and list_contains(provider_ids, hours.provider_id);

-- The free time of providers who still work, from `first` to `last`: hours minus breaks, closures, what is taken, the
-- time in which somebody else is in the same room, and the hours that the clock skips or repeats (lists of when these
-- begin and end). Grain: one row for each gap.
create macro gaps_on(
    practice, provider_ids, first, last, now, besides_link, besides_booking, clock_from, clock_to
) as table
with
hours as (
    select provider_id, day, room, from_at, to_at, break_from_at, break_to_at
    from hours_on(practice, first, last)
    where is_active and list_contains(provider_ids, provider_id)
),
taken as (
    select * from taken_on(practice, first, last, now, besides_link, besides_booking)
),
closed as (
    select * from closed_on(practice, first, last)
),
busy as (
    select hours.provider_id, hours.day, taken.from_at, taken.to_at
    from hours
    join taken on taken.provider_id = hours.provider_id
    union all
    select provider_id, day, from_at, to_at
    from rooms_on(practice, provider_ids, first, last, now, besides_link, besides_booking)
    union all
    select hours.provider_id, hours.day, closed.from_at, closed.to_at
    from hours
    join closed on closed.provider_id in ('', hours.provider_id)
    union all
    select provider_id, day, break_from_at, break_to_at
    from hours
    where break_from_at is not null
    union all
    select hours.provider_id, hours.day, clock.from_at, clock.to_at
    from hours
    cross join (select unnest(clock_from) as from_at, unnest(clock_to) as to_at) as clock
),
-- Each gap ends where something begins, and begins where all before it has ended; the end of the hours ends the last.
ends as (
    select hours.provider_id, hours.day, hours.room, hours.from_at as opens_at, busy.from_at, busy.to_at
    from hours
    join busy on busy.provider_id = hours.provider_id and busy.day = hours.day
        and busy.from_at < hours.to_at and busy.to_at > hours.from_at
    union all
    select provider_id, day, room, from_at, to_at, to_at
    from hours
),
gaps as (
    select
        provider_id, day, room, from_at as to_at,
        greatest(opens_at, max(to_at) over (
            partition by provider_id, day
            order by from_at, to_at
            rows between unbounded preceding and 1 preceding
        )) as from_at
    from ends
)
select provider_id, day, room, from_at, to_at
from gaps
where from_at < to_at;
