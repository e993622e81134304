-- Keep links to book by that are made up (the sample practice's), as they are by now. Grain of `staged`: one row for each.
insert into booking_links (
    token_hash, practice_id, opportunity_id, patient_id, planned_visit_id, message_id, made_by, made_at, expires_at,
    opened_at, used_at, used_for, booking_id, revoked_at, revoked_why
)
select
    token_hash, practice_id, opportunity_id, patient_id, planned_visit_id, message_id, made_by, made_at, expires_at,
    opened_at, used_at, used_for, booking_id, revoked_at, revoked_why
from staged
