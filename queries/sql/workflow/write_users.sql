-- Add people who use Care Manager; one who is there already is left as they are.
insert into users (user_id, name)
select user_id, name
from staged
on conflict (user_id) do nothing
