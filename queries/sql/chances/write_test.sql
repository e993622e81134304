-- Keep what was learnt from a practice's history, in place of what was learnt before.
insert into chance_tests (practice_id, worked_out_on, worked_out_at, revision, result)
values ($practice_id, $today::date, $now, $revision, $result)
on conflict (practice_id) do update set
    worked_out_on = excluded.worked_out_on,
    worked_out_at = excluded.worked_out_at,
    revision = excluded.revision,
    result = excluded.result
