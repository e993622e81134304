-- Say that the patient opened a link, the first time; nothing is returned when it was opened before.
update booking_links
set opened_at = $now
where token_hash = $token_hash and opened_at is null
returning token_hash
