-- The pictures of an e-mail. Grain: one row for each.
select name, picture
from message_pictures
where message_id = $message_id
order by name
