-- The practice that sends its SMS from a number. Grain: one row, or none.
select practice_id
from contact_settings
where sms_from = $number
order by practice_id
limit 1
