-- One saved view. Grain: one row, or none.
select
    saved_views.view_id, saved_views.user_id, saved_views.practice_id, saved_views.name, saved_views.choices,
    saved_views.changed_at, coalesce(users.name, saved_views.user_id) as owner_name
from saved_views
left join users on users.user_id = saved_views.user_id
where saved_views.view_id = $view_id
order by saved_views.view_id
