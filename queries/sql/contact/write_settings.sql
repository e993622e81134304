-- Set how a practice sends.
insert into contact_settings (
    practice_id, email_sender, sms_sender, from_name, from_email, reply_to, sms_from, public_url, quiet_from, quiet_to,
    per_minute, attempts_most, is_household_joined, is_tracked, changed_by, changed_at
)
values (
    $practice_id, $email_sender, $sms_sender, $from_name, $from_email, $reply_to, $sms_from, $public_url, $quiet_from,
    $quiet_to, $per_minute, $attempts_most, $is_household_joined, $is_tracked, $by, $now
)
on conflict (practice_id) do update set
    email_sender = excluded.email_sender,
    sms_sender = excluded.sms_sender,
    from_name = excluded.from_name,
    from_email = excluded.from_email,
    reply_to = excluded.reply_to,
    sms_from = excluded.sms_from,
    public_url = excluded.public_url,
    quiet_from = excluded.quiet_from,
    quiet_to = excluded.quiet_to,
    per_minute = excluded.per_minute,
    attempts_most = excluded.attempts_most,
    is_household_joined = excluded.is_household_joined,
    is_tracked = excluded.is_tracked,
    changed_by = excluded.changed_by,
    changed_at = excluded.changed_at
