-- What the practice management system (PMS) says: replaced or merged by each import, never written by people here.
-- Every id is the PMS's own. No foreign keys: the import keeps them whole and `manage.py check` proves it
-- (docs/decisions/0002-no-foreign-keys.md).

create table providers (
    practice_id text not null,
    provider_id text not null,
    name text not null,
    initials text not null,
    role text not null,                     -- dentist, hygienist, therapist, other
    contract_id text,
    is_active boolean not null,
    is_online_bookable boolean not null,
    primary key (practice_id, provider_id)
);

create table payors (
    practice_id text not null,
    payor_id text not null,
    name text not null,
    kind text not null,                     -- nhs, private, plan, insurance
    primary key (practice_id, payor_id)
);

create table pms_users (
    practice_id text not null,
    pms_user_id text not null,
    name text not null,
    is_active boolean not null,
    primary key (practice_id, pms_user_id)
);

create table patients (
    practice_id text not null,
    patient_id text not null,
    title text,
    first_name text not null,
    last_name text not null,
    household_id text,
    mobile text,
    phone text,
    email text,
    preferred_contact text,                 -- phone, email, sms
    is_email_allowed boolean,
    is_sms_allowed boolean,
    is_marketing_allowed boolean,
    is_do_not_contact boolean not null,
    is_charge_exempt boolean,
    is_active boolean not null,
    search_text text not null,              -- names and contact details in lower case without accents or spaces in numbers
    primary key (practice_id, patient_id)
);

create table courses (
    practice_id text not null,
    course_id text not null,
    cot_number text not null,
    patient_id text not null,
    provider_id text,
    payor_id text,
    contract_id text,
    opened_on date not null,                -- the acceptance date
    last_updated_on date,
    started_on date,
    completed_on date,
    is_deleted boolean not null,
    is_active boolean not null,             -- false: made inactive in the chart
    band text,                              -- 1, 2, 2a, 2b, 2c, 3, urgent, unscheduled
    uda decimal(9, 2),                      -- stated by the PMS; else the band's
    uda_done decimal(9, 2),
    stated_value_pence bigint,              -- private value left, from a source without items
    patient_charge_pence bigint,
    pathway text,                           -- pathway 1, pathway 2, pathway 3: a chain of courses is one opportunity
    claim_number integer,
    suspended_on date,
    reopen_by date,
    absent_since date,                      -- a later full extract no longer had it
    primary key (practice_id, course_id)
);

create table planned_visits (
    practice_id text not null,
    planned_visit_id text not null,
    course_id text not null,
    position integer not null,
    provider_id text,
    minutes integer,
    interval_days integer,                  -- at least so long after the visit before it
    appointment_id text,                    -- null: not booked
    is_bookable boolean not null,
    primary key (practice_id, planned_visit_id)
);

create table treatment_items (
    practice_id text not null,
    treatment_item_id text not null,
    course_id text not null,
    planned_visit_id text,
    code text,
    description text not null,
    charged_to text not null,               -- nhs, private, plan
    price_pence bigint not null,
    completed_on date,
    is_deleted boolean not null,
    primary key (practice_id, treatment_item_id)
);

create table appointments (
    practice_id text not null,
    appointment_id text not null,
    patient_id text not null,
    course_id text,                         -- null: linked to no course (a planned visit may still name it)
    provider_id text,
    starts_at timestamp not null,           -- the practice's wall clock
    minutes integer,
    status text not null,                   -- booked, confirmed, arrived, pending, cancelled, failed, waiting_list, completed
    primary key (practice_id, appointment_id)
);

create table imports (
    import_id text primary key,
    practice_id text not null,
    preset text not null,
    source_name text not null,              -- the file's or folder's own name
    is_full boolean not null,
    note text,                              -- what the import changed by itself, in words
    imported_by text not null,
    imported_at timestamp not null
);

create table import_counts (
    import_id text not null,
    position integer not null,
    kind text not null,                     -- patients, courses, ...
    rows_read integer not null,
    rows_new integer not null,
    rows_changed integer not null,
    rows_unchanged integer not null,
    rows_refused integer not null,
    rows_gone integer not null,             -- marked absent, or no longer there
    primary key (import_id, kind)
);

create table import_refusals (
    import_id text not null,
    position integer not null,
    file text not null,
    line integer,
    column_name text,
    reason text not null,
    row_text text,
    primary key (import_id, position)
);
