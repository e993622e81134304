-- Add or change a saved view. Grain: one row.
insert into saved_views (view_id, user_id, practice_id, name, choices, changed_at)
values ($view_id, $user_id, $practice_id, $name, $choices, $now)
on conflict (view_id) do update set
    practice_id = excluded.practice_id,
    name = excluded.name,
    choices = excluded.choices,
    changed_at = excluded.changed_at
