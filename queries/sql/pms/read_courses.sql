-- Every course of treatment of a practice, without the practice's id. Grain: one row each.
select
    course_id, cot_number, patient_id, provider_id, payor_id, contract_id, opened_on, last_updated_on,
    started_on, completed_on, is_deleted, is_active, band, uda, uda_done, stated_value_pence,
    patient_charge_pence, pathway, claim_number, suspended_on, reopen_by, absent_since
from courses
where practice_id = $practice_id
order by course_id
