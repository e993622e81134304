-- Add or change a sequence.
insert into sequences (practice_id, sequence_id, name, steps, is_removed, version, changed_by, changed_at)
values ($practice_id, $sequence_id, $name, $steps, $is_removed, 1, $by, $now)
on conflict (practice_id, sequence_id) do update set
    name = excluded.name,
    steps = excluded.steps,
    is_removed = excluded.is_removed,
    version = sequences.version + 1,
    changed_by = excluded.changed_by,
    changed_at = excluded.changed_at
