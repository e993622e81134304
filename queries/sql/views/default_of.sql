-- The view that a person's list opens with. Grain: one row, or none.
select view_id
from default_views
where user_id = $user_id
order by view_id
