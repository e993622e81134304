-- Start a session, unless it was started already.
insert into sessions (session_hash, user_id, started_at, seen_at)
values ($session_hash, $user_id, $started_at, $now)
on conflict (session_hash) do nothing
returning session_hash
