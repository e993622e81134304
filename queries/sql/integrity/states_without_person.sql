-- Opportunities assigned to somebody who is not there. Grain: one row for each such opportunity.
select care_states.practice_id, care_states.opportunity_id as id
from care_states
left join users on users.user_id = care_states.assigned_to
where care_states.assigned_to is not null and users.user_id is null
order by care_states.practice_id, care_states.opportunity_id
