-- About which opportunities a message is. Grain: one row for each.
select practice_id, opportunity_id, patient_id
from message_opportunities
where message_id = $message_id
order by practice_id, opportunity_id
