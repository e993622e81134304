-- Keep a message from a patient, once; nothing is returned when it came before.
insert into inbound_messages (inbound_id, practice_id, patient_id, channel, address, body, received_at)
values ($inbound_id, $practice_id, $patient_id, $channel, $address, $body, $now)
on conflict (inbound_id) do nothing
returning inbound_id
