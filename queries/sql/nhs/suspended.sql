-- The suspended pathways of a contract that can still be taken up again, the soonest deadline first: three months after
-- the suspension where the PMS states none. Grain: one row for each pathway, its last course.
-- A pathway that was taken up again is not suspended, whether its new course has the acceptance date of the first or not.
with members as (
    select
        courses.*,
        coalesce(reopen_by, (suspended_on + interval 3 month)::date) as deadline_on,
        row_number() over (partition by chain_id order by claim_number desc nulls last, course_id desc) as place
    from nhs_courses($practice_id) as courses
    where pathway is not null
)
select
    members.course_id, members.cot_number, members.patient_id,
    concat_ws(', ', patients.last_name, nullif(patients.first_name, '')) as patient,
    providers.initials as provider, coalesce(patients.mobile, patients.phone) as phone,
    members.pathway, members.claim_number, members.claims, members.suspended_on, members.deadline_on,
    greatest(members.claims - coalesce(members.claim_number, 1) + 1, 0) as claims_left,
    members.claim_pence * greatest(members.claims - coalesce(members.claim_number, 1) + 1, 0) as left_pence,
    visits.visit_on as next_visit_on
from members
join patients on patients.practice_id = $practice_id and patients.patient_id = members.patient_id
left join providers on providers.practice_id = $practice_id and providers.provider_id = members.provider_id
left join nhs_visits($practice_id, $today, $is_unlinked_visit_counted) as visits
    on visits.course_id = members.course_id
where members.place = 1 and members.suspended_on <= $today::date and members.deadline_on >= $today::date
    and coalesce(members.contract_id, $first_contract_id) = $contract_id
    and not exists (
        select 1 from members as later
        where later.patient_id = members.patient_id and later.pathway = members.pathway
            and later.opened_on >= members.suspended_on
    )
order by members.deadline_on, members.course_id
