-- Every patient of a practice, without the practice's id. Grain: one row each.
select
    patient_id, title, first_name, last_name, household_id, mobile, phone, email, preferred_contact,
    is_email_allowed, is_sms_allowed, is_marketing_allowed, is_do_not_contact, is_charge_exempt, is_active,
    search_text
from patients
where practice_id = $practice_id
order by patient_id
