-- Say which booking was made by a link.
update booking_links
set booking_id = $booking_id
where token_hash = $token_hash
