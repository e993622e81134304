-- Say about which opportunities messages are. Grain of `staged`: one row for each opportunity of a message.
insert into message_opportunities (message_id, practice_id, opportunity_id, patient_id)
select message_id, practice_id, opportunity_id, patient_id
from staged
