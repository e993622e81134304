-- The messages that one press of a button queued, and what each is about. Grain: one row for each opportunity of each.
select
    messages.message_id, messages.state, messages.channel, messages.template, message_opportunities.practice_id,
    message_opportunities.opportunity_id
from messages
join message_opportunities on message_opportunities.message_id = messages.message_id
where messages.action_id = $action_id
order by messages.message_id, message_opportunities.practice_id, message_opportunities.opportunity_id
