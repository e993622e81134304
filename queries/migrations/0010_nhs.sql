-- The NHS contract of a year: the figures that people type in from the NHS's own schedules, the target for unscheduled
-- care, and what each NHS course counts.

-- What the NHS says was delivered under a contract in a month; it counts instead of the extract's, each figure by itself.
create table nhs_figures (
    practice_id text not null,
    contract_id text not null,
    month_on date not null,                 -- the first day of the month
    uda decimal(9, 2),                      -- without unscheduled care
    unscheduled_courses integer,
    unscheduled_pence bigint,
    typed_by text not null,
    typed_at timestamp not null,
    primary key (practice_id, contract_id, month_on)
);

-- The share of a contract's value that is to be unscheduled care; the rest is routine and complex care.
create table unscheduled_targets (
    nation text not null,
    from_on date not null,
    to_on date,
    share decimal(5, 4) not null,
    primary key (nation, from_on)
);

-- 8.2 % of the contract's value from April 2026: the British Dental Association's page on the unscheduled care mandate.
-- What a course of it pays is the tariff of kind 'unscheduled'.
insert into unscheduled_targets values ('England', '2026-04-01', null, 0.082);

-- Every NHS course of a practice that the PMS still has, with what it counts for the contract once it is completed:
-- UDAs, or the money of one claim. Grain: one row for each course.
-- Unscheduled care has a target of its own and so no UDAs here, whatever the PMS states; of a pathway each course is a claim.
create macro nhs_courses(practice) as table
select
    courses.practice_id, courses.course_id, courses.cot_number, courses.patient_id, courses.provider_id,
    courses.opened_on, courses.started_on, courses.completed_on, courses.band,
    courses.pathway, courses.claim_number, courses.suspended_on, courses.reopen_by,
    case when courses.pathway is null then courses.course_id
        else concat_ws('|', courses.patient_id, courses.opened_on, courses.pathway) end as chain_id,
    coalesce(courses.contract_id, providers.contract_id) as contract_id,
    courses.pathway is null and tariffs.kind is not null as is_unscheduled,
    case when courses.pathway is not null or tariffs.kind is null then coalesce(courses.uda, uda_bands.uda) end as uda,
    case when courses.pathway is null or courses.uda is null then
        round(tariffs.total_pence::double / tariffs.claims)::bigint
    end as claim_pence,
    tariffs.claims
from courses
join practices on practices.practice_id = courses.practice_id
join payors on payors.practice_id = courses.practice_id and payors.payor_id = courses.payor_id and payors.kind = 'nhs'
left join providers on providers.practice_id = courses.practice_id and providers.provider_id = courses.provider_id
left join uda_bands on uda_bands.nation = practices.nation and uda_bands.band = courses.band
    and courses.pathway is null
    and courses.opened_on between uda_bands.from_on and coalesce(uda_bands.to_on, '9999-12-31'::date)
left join tariffs on tariffs.nation = practices.nation and tariffs.kind = coalesce(courses.pathway, courses.band)
    and courses.opened_on between tariffs.from_on and coalesce(tariffs.to_on, '9999-12-31'::date)
where courses.practice_id = practice and not courses.is_deleted and courses.absent_since is null;

-- The appointments of each course, linked on either side as the rule reads them. Grain: one row for each of both.
create macro linked_appointments(practice) as table
with links as (
    select course_id, appointment_id
    from appointments
    where practice_id = practice and course_id is not null
    union
    select course_id, appointment_id
    from planned_visits
    where practice_id = practice and appointment_id is not null
)
select
    links.course_id, appointments.appointment_id, appointments.starts_at::date as visit_on, appointments.status,
    appointments.status in ('booked', 'confirmed', 'arrived', 'pending') as is_live
from links
join appointments on appointments.practice_id = practice and appointments.appointment_id = links.appointment_id;

-- The first live visit from a day on of each NHS course, that of a pathway being any of its courses'; one that is linked
-- to no course counts where the practice says so. Grain: one row for each course that has one.
create macro nhs_visits(practice, today, is_unlinked_visit_counted) as table
with live_unlinked as (
    select patient_id, min(starts_at)::date as visit_on
    from appointments
    where practice_id = practice and starts_at >= today::date
        and status in ('booked', 'confirmed', 'arrived', 'pending')
        and appointment_id not in (select appointment_id from linked_appointments(practice))
    group by patient_id
),
chains as (
    select courses.chain_id, min(visits.visit_on) as visit_on
    from nhs_courses(practice) as courses
    join linked_appointments(practice) as visits on visits.course_id = courses.course_id
    where visits.is_live and visits.visit_on >= today::date
    group by courses.chain_id
)
select
    courses.course_id,
    case when is_unlinked_visit_counted then least(chains.visit_on, live_unlinked.visit_on)
        else chains.visit_on end as visit_on
from nhs_courses(practice) as courses
left join chains on chains.chain_id = courses.chain_id
left join live_unlinked on live_unlinked.patient_id = courses.patient_id
where chains.visit_on is not null or (is_unlinked_visit_counted and live_unlinked.visit_on is not null);
