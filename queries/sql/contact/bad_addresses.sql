-- The addresses and numbers of practices that nothing can be delivered to. Grain: one row for each.
select practice_id, channel, address, reason
from bad_addresses
where list_contains($practice_ids::text[], practice_id)
order by practice_id, channel, address
