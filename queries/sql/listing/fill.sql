-- Work out the list of a practice for a day. Grain: one row for each opportunity.
insert into listing.opportunities
select
    ruled.practice_id,
    $today::date,
    ruled.opportunity_id,
    ruled.course_id,
    ruled.cot_number,
    ruled.patient_id,
    ruled.practice_id || '/' || ruled.patient_id,
    concat_ws(', ', patients.last_name, nullif(patients.first_name, '')),
    lower(strip_accents(regexp_replace(concat_ws(', ', patients.last_name, patients.first_name), '[''’-]', '', 'g'))),
    ruled.practice_id || '/' || coalesce(patients.household_id, 'of ' || ruled.patient_id),
    patients.household_id,
    ruled.practice_id || '/' || ruled.provider_id,
    ruled.provider_id,
    providers.initials,
    ruled.payor_id,
    payors.name,
    ruled.payor_kind,
    ruled.opened_on,
    ruled.last_updated_on,
    ruled.is_active,
    ruled.reason,
    ruled.counted_visit_on,
    ruled.unlinked_visit_on,
    ruled.next_visit_on,
    ruled.is_partly_done,
    ruled.value_pence,
    ruled.uda_left,
    ruled.charge_pence,
    ruled.worth_pence,
    coalesce(patients.mobile, patients.phone),
    patients.email,
    patients.mobile is not null,
    concat_ws(' ', patients.search_text, lower(ruled.cot_number))
from courses_on(
    $practice_id, $today, $lookback_days, $horizon_days, $grace_days, $is_unlinked_visit_counted, $plan_weight
) as ruled
join patients on patients.practice_id = ruled.practice_id and patients.patient_id = ruled.patient_id
left join providers on providers.practice_id = ruled.practice_id and providers.provider_id = ruled.provider_id
left join payors on payors.practice_id = ruled.practice_id and payors.payor_id = ruled.payor_id
where ruled.is_listed
order by ruled.opened_on, ruled.opportunity_id
