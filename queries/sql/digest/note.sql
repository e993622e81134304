-- Note the digest of a person and a day; nothing is returned when there is one already.
insert into digests (user_id, day, message_id)
values ($user_id, $day, $message_id)
on conflict do nothing
returning message_id
