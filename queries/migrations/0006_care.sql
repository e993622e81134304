-- Working an opportunity: what one press of a button did, and what a practice and its people set up for it.

alter table care_states add column last_attempt_at timestamp;   -- the last try to reach the patient, with or without success
-- Whose course it is: the last contact of a patient is looked for at every look at the list, and courses are many more.
alter table care_states add column patient_id text;
update care_states
set patient_id = courses.patient_id
from courses
where courses.practice_id = care_states.practice_id and courses.course_id = care_states.opportunity_id;
alter table care_states add column booked_on date;              -- the day of a visit that a person says is in the PMS's book

-- One press of a button, whatever number of opportunities it was about. Its id is made when the dialog opens,
-- so that a second press is found to be the same.
create table actions (
    action_id text primary key,
    kind text not null,
    by_user text not null,
    happened_at timestamp not null
);

alter table events add column action_id text;                   -- null: nobody pressed anything
alter table events add column undoes bigint;                    -- the event that this one takes back

-- Why a practice rejects, in its own order. A practice without any has the product's (services/reject_reasons.py).
create table reject_reasons (
    practice_id text not null,
    reason text not null,
    position integer not null,
    primary key (practice_id, reason)
);

-- A named set of filters, columns and order. practice_id: everybody there may use it; null: its owner alone.
create table saved_views (
    view_id text primary key,
    user_id text not null,
    practice_id text,
    name text not null,
    choices text not null,                                      -- JSON: the values of the page's controls
    changed_at timestamp not null
);

-- The view that a person's list opens with.
create table default_views (
    user_id text primary key,
    view_id text not null
);
