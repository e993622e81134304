-- Keep the pictures of e-mails. Grain of `staged`: one row for each picture.
insert into message_pictures (message_id, name, picture)
select message_id, name, picture
from staged
