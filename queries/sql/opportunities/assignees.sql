-- The people whom something of these practices is assigned to. Grain: one row for each person.
select distinct users.user_id, users.name
from care_states
join users on users.user_id = care_states.assigned_to
where list_contains($practice_ids, care_states.practice_id)
order by users.name, users.user_id
