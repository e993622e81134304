-- End one session.
update sessions
set ended_at = $now, ended_why = $why
where session_hash = $session_hash and ended_at is null
returning user_id
