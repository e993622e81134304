-- Note that a session was used.
update sessions
set seen_at = $now
where session_hash = $session_hash and ended_at is null
