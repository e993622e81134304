-- Let go of the time that a link holds, and of every other whose time is over.
delete from slot_holds
where token_hash = $token_hash or until_at <= $now::timestamp
