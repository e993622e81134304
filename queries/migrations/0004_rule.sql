-- The one definition of an opportunity (docs/decisions/0001-the-rule.md): every list, count and chart reads this macro.
-- Grain: one row for each course of the practice, a complex-care-pathway chain being one course.
-- is_listed says whether it is an opportunity on the day `today`; reason says why it is, or why it is not.
-- Parameters: the practice, the practice-local day, and the practice's settings (practice_settings).
-- reason, where listed: no_visit, visit_not_linked, booked_too_far_ahead. Where not, the first that holds of:
-- deleted, absent, completed, nothing_left, patient_inactive, held_back, too_old, booked.

create macro courses_on(
    practice, today, lookback_days, horizon_days, grace_days, is_unlinked_visit_counted, plan_weight
) as table
with
live_appointments as (
    select appointment_id, patient_id, course_id, starts_at::date as visit_on
    from appointments
    where practice_id = practice
        and status in ('booked', 'confirmed', 'arrived', 'pending')
        and starts_at >= today::date
),
links as (
    select course_id, appointment_id
    from appointments
    where practice_id = practice and course_id is not null
    union
    select course_id, appointment_id
    from planned_visits
    where practice_id = practice and appointment_id is not null
),
linked_visits as (
    select links.course_id, min(live_appointments.visit_on) as visit_on
    from live_appointments
    join links on links.appointment_id = live_appointments.appointment_id
    group by links.course_id
),
unlinked_visits as (
    select patient_id, min(visit_on) as visit_on
    from live_appointments
    where appointment_id not in (select appointment_id from links)
    group by patient_id
),
work as (
    select
        course_id,
        count(*) filter (where is_open) as items_left,
        count(*) filter (where not is_open) as items_done,
        coalesce(sum(price_pence) filter (where is_open and charged_to = 'private'), 0) as private_pence,
        coalesce(sum(price_pence) filter (where is_open and charged_to = 'plan'), 0) as plan_pence
    from (
        select
            course_id, charged_to, price_pence,
            completed_on is null or completed_on > today::date as is_open
        from treatment_items
        where practice_id = practice and not is_deleted
    ) as items
    group by course_id
),
contract_values as (
    select
        contract_id, uda_value_pence,
        row_number() over (order by contract_id) as place
    from (
        -- Terms that overlap would list a course twice: the later one holds.
        select
            contract_id, uda_value_pence,
            row_number() over (partition by contract_id order by from_on desc) as term
        from contracts
        where practice_id = practice
            and from_on <= today::date and (to_on is null or to_on >= today::date)
    ) as terms
    where term = 1
),
members as (
    select
        courses.*,
        concat_ws('|', courses.patient_id, courses.opened_on, courses.pathway) as chain_id,
        courses.absent_since is not null as is_absent,
        courses.completed_on is not null and courses.completed_on <= today::date as is_completed,
        linked_visits.visit_on as linked_visit_on,
        work.course_id is not null as has_items,
        work.items_left, work.items_done, work.private_pence, work.plan_pence,
        payors.kind as payor_kind
    from courses
    left join work on work.course_id = courses.course_id
    left join linked_visits on linked_visits.course_id = courses.course_id
    left join payors on payors.practice_id = practice and payors.payor_id = courses.payor_id
    where courses.practice_id = practice
),
chain_members as (
    select
        members.*,
        1 as place, course_id as opportunity_id, linked_visit_on as chain_visit_on, 1 as chain_length
    from members
    where pathway is null
    union all
    select
        members.*,
        row_number() over (
            partition by chain_id
            order by is_deleted, is_absent, is_completed, claim_number desc nulls last, course_id desc
        ) as place,
        first_value(course_id) over (
            partition by chain_id order by claim_number nulls last, course_id
        ) as opportunity_id,
        min(linked_visit_on) over (partition by chain_id) as chain_visit_on,
        count(*) over (partition by chain_id) as chain_length
    from members
    where pathway is not null
),
measured as (
    select
        chain_members.*,
        unlinked_visits.visit_on as unlinked_visit_on,
        patients.is_active as is_patient_active,
        case when is_unlinked_visit_counted then least(chain_visit_on, unlinked_visits.visit_on)
            else chain_visit_on end as counted_visit_on,
        case when has_items then items_left > 0 else true end as is_left_to_do,
        case when has_items then private_pence else coalesce(stated_value_pence, 0) end as value_pence,
        -- greatest() would turn an unknown number of UDAs into none.
        case
            when payor_kind is distinct from 'nhs' or coalesce(chain_members.uda, uda_bands.uda) is null then null
            when coalesce(chain_members.uda, uda_bands.uda) < coalesce(chain_members.uda_done, 0) then 0
            else coalesce(chain_members.uda, uda_bands.uda) - coalesce(chain_members.uda_done, 0)
        end as uda_left,
        case when tariffs.claims is null or payor_kind is distinct from 'nhs' or chain_members.uda is not null then 0 else
            round(tariffs.total_pence * greatest(tariffs.claims - coalesce(claim_number, 1) + 1, 0) / tariffs.claims)
        end as tariff_pence,
        coalesce(contract_values.uda_value_pence, 0) as uda_value_pence,
        case when payor_kind = 'nhs' then
            case when patients.is_charge_exempt then 0
                else coalesce(chain_members.patient_charge_pence, patient_charges.charge_pence) end
        end as charge_pence
    from chain_members
    join practices on practices.practice_id = practice
    left join patients on patients.practice_id = practice and patients.patient_id = chain_members.patient_id
    left join providers on providers.practice_id = practice and providers.provider_id = chain_members.provider_id
    left join unlinked_visits on unlinked_visits.patient_id = chain_members.patient_id
    left join uda_bands on uda_bands.nation = practices.nation and uda_bands.band = chain_members.band
        and chain_members.pathway is null
        and chain_members.opened_on between uda_bands.from_on and coalesce(uda_bands.to_on, '9999-12-31'::date)
    left join tariffs on tariffs.nation = practices.nation
        and tariffs.kind = coalesce(chain_members.pathway, chain_members.band)
        and chain_members.opened_on between tariffs.from_on and coalesce(tariffs.to_on, '9999-12-31'::date)
    left join patient_charges on patient_charges.nation = practices.nation
        and patient_charges.band = coalesce(chain_members.pathway, chain_members.band)
        and chain_members.opened_on between patient_charges.from_on and coalesce(patient_charges.to_on, '9999-12-31'::date)
    left join contract_values on contract_values.contract_id = coalesce(
        chain_members.contract_id, providers.contract_id,
        (select first_contract.contract_id from contract_values as first_contract where first_contract.place = 1)
    )
    where chain_members.place = 1
),
reasoned as (
    select
        measured.*,
        case
            when is_deleted then 'deleted'
            when is_absent then 'absent'
            when is_completed then 'completed'
            when not is_left_to_do then 'nothing_left'
            when not is_patient_active then 'patient_inactive'
            when opened_on > today::date - grace_days::integer then 'held_back'
            when opened_on < today::date - lookback_days::integer then 'too_old'
            when counted_visit_on <= today::date + horizon_days::integer then 'booked'
            when counted_visit_on is not null then 'booked_too_far_ahead'
            when unlinked_visit_on is not null then 'visit_not_linked'
            else 'no_visit'
        end as reason
    from measured
)
select
    practice_id, opportunity_id, course_id, cot_number, patient_id, provider_id, payor_id, payor_kind,
    opened_on, last_updated_on, started_on, completed_on, is_active, pathway, claim_number, chain_length,
    suspended_on, reopen_by, band,
    reason,
    reason in ('no_visit', 'visit_not_linked', 'booked_too_far_ahead') as is_listed,
    counted_visit_on, unlinked_visit_on,
    least(counted_visit_on, unlinked_visit_on) as next_visit_on,
    coalesce(items_done, 0) > 0 and items_left > 0 as is_partly_done,
    value_pence::bigint as value_pence,
    uda_left,
    tariff_pence::bigint as tariff_pence,
    coalesce(plan_pence, 0)::bigint as plan_pence,
    charge_pence::bigint as charge_pence,
    (
        value_pence + coalesce(round(uda_left * uda_value_pence), 0) + tariff_pence
        + round(coalesce(plan_pence, 0) * plan_weight::decimal(3, 2))
    )::bigint as worth_pence
from reasoned;
