-- The view "messages": what was sent about which opportunity, without addresses and texts; times are the practice's.
-- Grain: one row for each message and opportunity, the latest first; so many at most.
select
    practices.name as practice,
    messages.message_id,
    message_opportunities.opportunity_id,
    message_opportunities.patient_id,
    messages.channel,
    messages.kind,
    messages.template,
    messages.state,
    timezone(practices.timezone, timezone('UTC', messages.queued_at)) as queued_at,
    timezone(practices.timezone, timezone('UTC', messages.sent_at)) as sent_at
from messages
join message_opportunities on message_opportunities.message_id = messages.message_id
    and message_opportunities.practice_id = messages.practice_id
join practices on practices.practice_id = messages.practice_id
where list_contains($practice_ids, messages.practice_id)
order by messages.queued_at desc, messages.message_id, message_opportunities.opportunity_id
limit $most
