-- The saved views of a person and those shared with practices, a person's own first. Grain: one row for each.
select
    saved_views.view_id, saved_views.name, saved_views.choices, saved_views.user_id, saved_views.practice_id,
    coalesce(users.name, saved_views.user_id) as owner, default_views.view_id is not null as is_default
from saved_views
left join users on users.user_id = saved_views.user_id
left join default_views on default_views.view_id = saved_views.view_id and default_views.user_id = $user_id
where saved_views.user_id = $user_id or list_contains($practice_ids::text[], saved_views.practice_id)
order by saved_views.user_id <> $user_id, lower(saved_views.name), saved_views.view_id
