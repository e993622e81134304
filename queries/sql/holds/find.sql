-- The time that a link holds now. Grain: one row, or none.
select provider_id, starts_at, minutes, until_at
from slot_holds
where token_hash = $token_hash and until_at > $now::timestamp
order by token_hash
