-- Use a link, once, while it is good; nothing is returned when it is not.
update booking_links
set used_at = $now, used_for = $used_for
where token_hash = $token_hash and used_at is null and revoked_at is null and expires_at > $now::timestamp
returning token_hash
