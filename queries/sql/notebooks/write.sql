-- Add or change a notebook. Grain: one row.
insert into notebooks (notebook_id, user_id, practice_id, name, cells, version, changed_by, changed_at)
values ($notebook_id, $user_id, $practice_id, $name, $cells, $version, $by, $now)
on conflict (notebook_id) do update set
    practice_id = excluded.practice_id,
    name = excluded.name,
    cells = excluded.cells,
    version = excluded.version,
    changed_by = excluded.changed_by,
    changed_at = excluded.changed_at
