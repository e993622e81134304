-- What people here did about an opportunity: never touched by the replacement of PMS data.
-- Keyed by (practice, the PMS's id of the course, or of the first course of a pathway chain).

create table users (
    user_id text primary key,
    name text not null,
    is_active boolean not null default true
);

create sequence event_numbers;

create table care_states (
    practice_id text not null,
    opportunity_id text not null,
    status text not null default 'open',    -- open, contacted, rejected; snoozed and booked are computed when read
    snoozed_until date,
    snooze_reason text,
    reject_reason text,
    assigned_to text,
    attempts integer not null default 0,
    last_contact_at timestamp,
    version integer not null default 1,     -- raised by each change: a stale screen is told, nothing is overwritten
    changed_by text not null,
    changed_at timestamp not null,
    primary key (practice_id, opportunity_id)
);

-- One line of history for each change; only ever added to.
create table events (
    event_id bigint primary key default nextval('event_numbers'),
    practice_id text,                       -- null: of no one practice, such as signing in
    opportunity_id text,
    patient_id text,
    kind text not null,
    by_user text not null,
    happened_at timestamp not null,
    note text,
    before text,                            -- JSON
    after text                              -- JSON
);
