-- Let a person's list open with a view. Grain: one row.
insert into default_views (user_id, view_id)
values ($user_id, $view_id)
on conflict (user_id) do update set view_id = excluded.view_id
