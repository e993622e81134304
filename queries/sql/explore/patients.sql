-- The view "patients": the patients of practices without their names, addresses and numbers.
-- Grain: one row for each patient; so many at most.
select
    practices.name as practice,
    patients.patient_id,
    patients.household_id,
    patients.is_active,
    patients.is_do_not_contact,
    patients.mobile is not null as has_mobile,
    coalesce(patients.mobile, patients.phone) is not null as has_phone,
    patients.email is not null as has_email,
    patients.preferred_contact,
    patients.is_email_allowed,
    patients.is_sms_allowed,
    patients.is_marketing_allowed
from patients
join practices on practices.practice_id = patients.practice_id
where list_contains($practice_ids, patients.practice_id)
order by patients.practice_id, patients.patient_id
limit $most
