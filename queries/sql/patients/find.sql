-- One patient. Grain: one row, or none when the practice has no such patient.
select
    patient_id, title, first_name, last_name, household_id, mobile, phone, email, preferred_contact,
    is_email_allowed, is_sms_allowed, is_marketing_allowed, is_do_not_contact, is_charge_exempt, is_active
from patients
where practice_id = $practice_id and patient_id = $patient_id
