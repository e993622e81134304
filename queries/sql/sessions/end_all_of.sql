-- End every session of a person.
update sessions
set ended_at = $now, ended_why = $why
where user_id = $user_id and ended_at is null
returning session_hash
