-- A session. Grain: one row, or none.
select user_id, started_at, seen_at, ended_at, ended_why
from sessions
where session_hash = $session_hash
order by session_hash
