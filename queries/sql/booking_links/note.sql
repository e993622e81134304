-- Keep links by which patients book. Grain of `staged`: one row for each link.
insert into booking_links (
    token_hash, practice_id, opportunity_id, patient_id, planned_visit_id, message_id, made_by, made_at, expires_at
)
select
    token_hash, practice_id, opportunity_id, patient_id, planned_visit_id, message_id, made_by, made_at, expires_at
from staged
