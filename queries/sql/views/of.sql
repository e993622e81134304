-- The saved views of a person and those shared with practices, with whose they are. Grain: one row for each view.
select
    saved_views.view_id, saved_views.user_id, saved_views.practice_id, saved_views.name, saved_views.choices,
    saved_views.changed_at, coalesce(users.name, saved_views.user_id) as owner_name
from saved_views
left join users on users.user_id = saved_views.user_id
where (saved_views.practice_id is null and saved_views.user_id = $user_id)
    or list_contains($practice_ids::text[], saved_views.practice_id)
order by lower(saved_views.name), saved_views.view_id
