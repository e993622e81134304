-- Messages of practices, newest first; total counts every page. A household's message is one row. A digest is there for
-- whom it is for alone: it tells of all of that person's practices.
-- Grain: one row for each message.
with found as (
    select messages.*, count(*) over () as total
    from messages
    where list_contains($practice_ids::text[], messages.practice_id)
        and (messages.kind <> 'digest' or messages.queued_by = $user_id)
        and ($states::text[] is null or list_contains($states::text[], messages.state))
        and ($channels::text[] is null or list_contains($channels::text[], messages.channel))
        and ($templates::text[] is null or list_contains($templates::text[], messages.template))
        and ($from_at::timestamp is null or messages.queued_at >= $from_at::timestamp)
        and ($to_at::timestamp is null or messages.queued_at < $to_at::timestamp)
    order by messages.queued_at desc, messages.message_id
    limit $limit offset $offset
)
select
    found.message_id, found.practice_id, practices.name as practice, found.channel, found.kind, found.template,
    found.name as patient, found.address, found.subject, found.body, found.state, found.reason, found.state_at,
    coalesce(users.name, found.queued_by) as queued_by, found.queued_at, found.send_at, found.sent_at, found.sender,
    found.is_tracked, found.resends, found.total,
    (
        select min(message_opportunities.patient_id)
        from message_opportunities
        where message_opportunities.message_id = found.message_id
    ) as patient_id,
    exists (select 1 from messages as later where later.resends = found.message_id) as is_resent
from found
join practices on practices.practice_id = found.practice_id
left join users on users.user_id = found.queued_by
order by found.queued_at desc, found.message_id
