-- What became of the messages of practices, by template: how many were sent and delivered, and after how many a booking
-- of one of their opportunities followed within $days days. Grain: one row for each template and channel.
with booked as (
    select distinct messages.message_id
    from messages
    join message_opportunities on message_opportunities.message_id = messages.message_id
    join events on events.practice_id = message_opportunities.practice_id
        and events.opportunity_id = message_opportunities.opportunity_id
    where list_contains($practice_ids::text[], messages.practice_id)
        and events.kind = 'booked'
        and events.happened_at >= messages.sent_at
        and events.happened_at::date <= messages.sent_at::date + $days::integer
)
select
    coalesce(messages.template, 'No template') as template, messages.channel,
    count(*) filter (where messages.sent_at is not null) as sent,
    count(*) filter (where messages.state in ('delivered', 'opened')) as delivered,
    count(*) filter (where messages.state in ('failed', 'bounced', 'unknown')) as not_delivered,
    count(booked.message_id) as booked
from messages
left join booked on booked.message_id = messages.message_id
where list_contains($practice_ids::text[], messages.practice_id)
    and messages.kind not in ('confirmation', 'digest')
group by messages.template, messages.channel
order by sent desc, template, messages.channel
