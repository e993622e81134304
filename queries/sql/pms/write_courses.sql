-- Add or change the staged rows of a practice. Grain of `staged`: one row for each course of treatment.
insert into courses (
    practice_id,
    course_id, cot_number, patient_id, provider_id, payor_id, contract_id, opened_on, last_updated_on,
    started_on, completed_on, is_deleted, is_active, band, uda, uda_done, stated_value_pence,
    patient_charge_pence, pathway, claim_number, suspended_on, reopen_by, absent_since
)
select
    $practice_id,
    course_id, cot_number, patient_id, provider_id, payor_id, contract_id, opened_on, last_updated_on,
    started_on, completed_on, is_deleted, is_active, band, uda, uda_done, stated_value_pence,
    patient_charge_pence, pathway, claim_number, suspended_on, reopen_by, absent_since
from staged
on conflict (practice_id, course_id) do update set
    cot_number = excluded.cot_number,
    patient_id = excluded.patient_id,
    provider_id = excluded.provider_id,
    payor_id = excluded.payor_id,
    contract_id = excluded.contract_id,
    opened_on = excluded.opened_on,
    last_updated_on = excluded.last_updated_on,
    started_on = excluded.started_on,
    completed_on = excluded.completed_on,
    is_deleted = excluded.is_deleted,
    is_active = excluded.is_active,
    band = excluded.band,
    uda = excluded.uda,
    uda_done = excluded.uda_done,
    stated_value_pence = excluded.stated_value_pence,
    patient_charge_pence = excluded.patient_charge_pence,
    pathway = excluded.pathway,
    claim_number = excluded.claim_number,
    suspended_on = excluded.suspended_on,
    reopen_by = excluded.reopen_by,
    absent_since = excluded.absent_since
