-- How practices send. Grain: one row for each that has settings of its own.
select
    practice_id, email_sender, sms_sender, from_name, from_email, reply_to, sms_from, public_url, quiet_from, quiet_to,
    per_minute, attempts_most, is_household_joined, is_tracked
from contact_settings
where list_contains($practice_ids::text[], practice_id)
order by practice_id
