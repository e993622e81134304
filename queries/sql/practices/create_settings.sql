-- Give a new practice the default settings.
insert into practice_settings (practice_id, changed_by, changed_at)
values ($practice_id, $by, $now)
