-- Practices, their settings, their NHS contracts, and the dated NHS figures of each nation.
-- Conventions of every table: _id text, _on date, _at timestamp in UTC, _pence whole pence, is_ boolean.

create table practices (
    practice_id text primary key,
    name text not null,
    nation text not null default 'England',
    timezone text not null default 'Europe/London',
    phone text,
    colour text,
    is_sample boolean not null default false,
    -- Raised by every write to what the rule reads (an import, a setting), so that a kept list knows it is out of date.
    revision bigint not null default 0,
    created_by text not null,
    created_at timestamp not null
);

create table practice_settings (
    practice_id text primary key,
    lookback_days integer not null default 365,
    horizon_days integer not null default 90,
    grace_days integer not null default 1,
    is_unlinked_visit_counted boolean not null default false,
    suppression_days integer not null default 7,
    snooze_days integer not null default 7,
    plan_weight decimal(3, 2) not null default 0,
    changed_by text not null,
    changed_at timestamp not null
);

create table contracts (
    practice_id text not null,
    contract_id text not null,
    from_on date not null,
    to_on date,
    uda_value_pence integer not null,
    uda_target decimal(9, 2),
    primary key (practice_id, contract_id, from_on)
);

create table uda_bands (
    nation text not null,
    band text not null,
    from_on date not null,
    to_on date,
    uda decimal(6, 2) not null,
    primary key (nation, band, from_on)
);

-- A course paid by a sum instead of UDAs: unscheduled care, and the complex care pathways with their monthly claims.
create table tariffs (
    nation text not null,
    kind text not null,
    from_on date not null,
    to_on date,
    total_pence integer not null,
    claims integer not null,
    primary key (nation, kind, from_on)
);

create table patient_charges (
    nation text not null,
    band text not null,
    from_on date not null,
    to_on date,
    charge_pence integer not null,
    primary key (nation, band, from_on)
);

-- UDAs per course: NHSBSA FOI-03221 dictionary, October 2025. 2a, 2b and 2c since the 2022 reforms (25 November 2022);
-- band 2 of systems that do not split it counts as 2a.
insert into uda_bands values
    ('England', '1', '2022-11-25', null, 1),
    ('England', '2', '2022-11-25', null, 3),
    ('England', '2a', '2022-11-25', null, 3),
    ('England', '2b', '2022-11-25', null, 5),
    ('England', '2c', '2022-11-25', null, 7),
    ('England', '3', '2022-11-25', null, 12),
    ('England', 'urgent', '2022-11-25', '2026-03-31', 1.2);

-- Unscheduled care £75 a course from 1 April 2026: dta-uk.org/news/dental-contract-reform. Pathways from 23 June 2026:
-- Software of Excellence help article 50541837001492 (2026/27 totals; monthly claims). Pathway 3's total was not found.
insert into tariffs values
    ('England', 'unscheduled', '2026-04-01', null, 7500, 1),
    ('England', 'urgent', '2026-04-01', null, 7500, 1),
    ('England', 'pathway 1', '2026-06-23', null, 29340, 6),
    ('England', 'pathway 2', '2026-06-23', null, 73247, 12);

-- Patient charges: 2025/26, and 2026/27 by SI 2026/265 (nhsdentalcharges.com/dental-charges-amendment-regulations-2026).
-- A pathway is charged as band 2.
insert into patient_charges values
    ('England', '1', '2025-04-01', '2026-03-31', 2740),
    ('England', 'urgent', '2025-04-01', '2026-03-31', 2740),
    ('England', '2', '2025-04-01', '2026-03-31', 7530),
    ('England', '2a', '2025-04-01', '2026-03-31', 7530),
    ('England', '2b', '2025-04-01', '2026-03-31', 7530),
    ('England', '2c', '2025-04-01', '2026-03-31', 7530),
    ('England', '3', '2025-04-01', '2026-03-31', 32670),
    ('England', '1', '2026-04-01', null, 2790),
    ('England', 'urgent', '2026-04-01', null, 2790),
    ('England', 'unscheduled', '2026-04-01', null, 2790),
    ('England', '2', '2026-04-01', null, 7660),
    ('England', '2a', '2026-04-01', null, 7660),
    ('England', '2b', '2026-04-01', null, 7660),
    ('England', '2c', '2026-04-01', null, 7660),
    ('England', '3', '2026-04-01', null, 33210),
    ('England', 'pathway 1', '2026-06-23', null, 7660),
    ('England', 'pathway 2', '2026-06-23', null, 7660),
    ('England', 'pathway 3', '2026-06-23', null, 7660);
