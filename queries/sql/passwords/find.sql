-- A person's password hash. Grain: one row, or none.
select hash, is_one_time, expires_at
from passwords
where user_id = $user_id
order by user_id
