-- The pipeline as it was on each day (docs/decisions/0008-pipeline.md): written while a day lasts, never changed after.
-- No keys on the tables whose rows of today are taken out and written again in one transaction: a key of the store would
-- refuse the second row although the first is gone.

-- One row for each time that an opportunity was on the list, whatever people did about it meanwhile.
create table spells (
    practice_id text not null,
    opportunity_id text not null,
    listed_from date not null,              -- the first day on which it was seen on the list
    is_start_known boolean not null,        -- false: it was there already when the practice's history began
    patient_id text not null,
    provider_id text,
    payor_id text,
    opened_on date not null,
    last_seen_on date not null,             -- the last day on which it was seen on the list
    last_status text not null,              -- and its status then
    listed_to date,                         -- the first day on which it was seen to be gone; null: still listed
    left_why text,                          -- booked, completed, expired (too old), deleted, absent, nothing_left, ...: the rule's reason
    first_value_pence bigint not null,      -- as on its first day ...
    first_uda decimal(9, 2),
    first_worth_pence bigint not null,
    last_value_pence bigint not null,       -- ... and as on its last
    last_uda decimal(9, 2),
    last_worth_pence bigint not null,
    primary key (practice_id, opportunity_id, listed_from)
);

-- What happened within a spell, with the value on that day: contacted once for each day, the others the first time only.
create table spell_steps (
    practice_id text not null,
    opportunity_id text not null,
    listed_from date not null,
    patient_id text not null,
    step text not null,                     -- contacted, rejected, booked, completed
    day date not null,
    value_pence bigint not null,
    uda decimal(9, 2),
    worth_pence bigint not null
);

create table daily_figures (
    practice_id text not null,
    day date not null,
    status text not null,
    age_band text not null,
    provider_id text,
    payor_id text,
    assignee_id text,
    opportunities integer not null,
    value_pence bigint not null,
    uda decimal(12, 2) not null,
    worth_pence bigint not null
);

-- What is still to be booked (open, contacted or snoozed) on a day; patients are counted once. A day without a row is a
-- day on which nobody looked.
create table daily_totals (
    practice_id text not null,
    day date not null,
    opportunities integer not null,
    patients integer not null,
    value_pence bigint not null,
    uda decimal(12, 2) not null,
    worth_pence bigint not null,
    due integer not null,
    overdue integer not null,
    taken_at timestamp not null
);

-- The band of an opportunity by the days since it was opened.
create macro age_band(days) as
    case
        when days <= 30 then '0-30'
        when days <= 60 then '31-60'
        when days <= 90 then '61-90'
        when days <= 180 then '91-180'
        when days <= 365 then '181-365'
        else '366+'
    end;

-- Whether somebody should have done something before today: it is due and was assigned before today, or came back
-- from a snooze before today, and nobody tried to reach the patient since it came back. Of one opportunity.
create macro is_overdue(is_due, assignee_id, changed_at, snoozed_until, last_attempt_at, last_contact_at, today) as
    is_due and (
        (assignee_id is not null and changed_at::date < today::date)
        or (
            snoozed_until < today::date
            and coalesce(last_attempt_at::date < snoozed_until, true)
            and coalesce(last_contact_at::date < snoozed_until, true)
        )
    );
