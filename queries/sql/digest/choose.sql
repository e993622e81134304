-- Let a person get the digest on a day of the week.
insert into digest_days (user_id, weekday, changed_by, changed_at)
values ($user_id, $weekday, $by, $now)
on conflict (user_id) do update
set weekday = excluded.weekday, changed_by = excluded.changed_by, changed_at = excluded.changed_at
