-- The open courses of a practice that are no opportunities on a day, and why. Grain: one row for each course or chain.
select
    ruled.*,
    practices.name as practice,
    concat_ws(', ', patients.last_name, nullif(patients.first_name, '')) as patient,
    providers.initials as provider,
    payors.name as payor,
    case ruled.reason when 'booked' then 'Booked' else 'Not listed' end as status_text,
    users.name as assigned_to,
    coalesce(patients.mobile, patients.phone) as phone,
    patients.email
from courses_on(
    $practice_id, $today, $lookback_days, $horizon_days, $grace_days, $is_unlinked_visit_counted, $plan_weight
) as ruled
join practices on practices.practice_id = ruled.practice_id
left join patients on patients.practice_id = ruled.practice_id and patients.patient_id = ruled.patient_id
left join providers on providers.practice_id = ruled.practice_id and providers.provider_id = ruled.provider_id
left join payors on payors.practice_id = ruled.practice_id and payors.payor_id = ruled.payor_id
left join care_states on care_states.practice_id = ruled.practice_id
    and care_states.opportunity_id = ruled.opportunity_id
left join users on users.user_id = care_states.assigned_to
where not ruled.is_listed and ruled.reason not in ('completed', 'deleted')
order by ruled.opened_on, ruled.opportunity_id
