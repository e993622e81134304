-- Mark an address or number that nothing can be delivered to.
insert into bad_addresses (practice_id, channel, address, reason, marked_at)
values ($practice_id, $channel, $address, $reason, $now)
on conflict (practice_id, channel, address) do update set reason = excluded.reason, marked_at = excluded.marked_at
