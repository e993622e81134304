-- Add or change the staged rows of a practice. Grain of `staged`: one row for each patient.
insert into patients (
    practice_id,
    patient_id, title, first_name, last_name, household_id, mobile, phone, email, preferred_contact,
    is_email_allowed, is_sms_allowed, is_marketing_allowed, is_do_not_contact, is_charge_exempt, is_active,
    search_text
)
select
    $practice_id,
    patient_id, title, first_name, last_name, household_id, mobile, phone, email, preferred_contact,
    is_email_allowed, is_sms_allowed, is_marketing_allowed, is_do_not_contact, is_charge_exempt, is_active,
    search_text
from staged
on conflict (practice_id, patient_id) do update set
    title = excluded.title,
    first_name = excluded.first_name,
    last_name = excluded.last_name,
    household_id = excluded.household_id,
    mobile = excluded.mobile,
    phone = excluded.phone,
    email = excluded.email,
    preferred_contact = excluded.preferred_contact,
    is_email_allowed = excluded.is_email_allowed,
    is_sms_allowed = excluded.is_sms_allowed,
    is_marketing_allowed = excluded.is_marketing_allowed,
    is_do_not_contact = excluded.is_do_not_contact,
    is_charge_exempt = excluded.is_charge_exempt,
    is_active = excluded.is_active,
    search_text = excluded.search_text
