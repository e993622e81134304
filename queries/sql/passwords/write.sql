-- Set a person's password.
insert into passwords (user_id, hash, is_one_time, expires_at, changed_at)
values ($user_id, $hash, $is_one_time, $expires_at, $now)
on conflict (user_id) do update set
    hash = excluded.hash,
    is_one_time = excluded.is_one_time,
    expires_at = excluded.expires_at,
    changed_at = excluded.changed_at
