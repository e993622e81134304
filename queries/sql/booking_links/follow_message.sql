-- Let links follow the message that carries them to the one that is sent instead. Grain: one row for each opportunity.
update booking_links
set message_id = $later_id
where message_id = $message_id
returning opportunity_id
