-- What a patient wrote to us since a moment. Grain: one row for each message.
select inbound_id
from inbound_messages
where practice_id = $practice_id and patient_id = $patient_id and received_at > $since
order by inbound_id
