-- Begin a session anew that ended by its age only, after the password was given again.
update sessions
set started_at = $now, seen_at = $now
where session_hash = $session_hash and user_id = $user_id and ended_at is null
returning session_hash
