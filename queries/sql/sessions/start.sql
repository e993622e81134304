-- Start a session.
insert into sessions (session_hash, user_id, started_at, seen_at)
values ($session_hash, $user_id, $started_at, $now)
