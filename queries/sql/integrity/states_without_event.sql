-- States that no line of history accounts for. Grain: one row for each such opportunity.
select care_states.practice_id, care_states.opportunity_id as id
from care_states
left join events on events.practice_id = care_states.practice_id
    and events.opportunity_id = care_states.opportunity_id
    and events.happened_at = care_states.changed_at
where events.event_id is null
order by care_states.practice_id, care_states.opportunity_id
