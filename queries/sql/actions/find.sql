-- One press of a button, or nothing when it was not done yet. Grain: one row.
select action_id, kind, by_user, happened_at
from actions
where action_id = $action_id
order by action_id
