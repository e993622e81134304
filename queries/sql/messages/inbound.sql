-- What patients wrote to practices, newest first. Grain: one row for each message.
select
    inbound_messages.inbound_id, inbound_messages.practice_id, practices.name as practice, inbound_messages.patient_id,
    concat_ws(', ', patients.last_name, nullif(patients.first_name, '')) as patient, inbound_messages.address,
    inbound_messages.body, inbound_messages.received_at
from inbound_messages
join practices on practices.practice_id = inbound_messages.practice_id
left join patients on patients.practice_id = inbound_messages.practice_id
    and patients.patient_id = inbound_messages.patient_id
where list_contains($practice_ids::text[], inbound_messages.practice_id)
order by inbound_messages.received_at desc, inbound_messages.inbound_id
limit $limit
