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

-- When the patient opened a link that was sent about it.
alter table care_states add column link_opened_at timestamp;
