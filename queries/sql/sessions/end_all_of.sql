-- End every session of a person, but for one.
update sessions
set ended_at = $now, ended_why = $why
where user_id = $user_id and ended_at is null and session_hash <> $but
returning session_hash
