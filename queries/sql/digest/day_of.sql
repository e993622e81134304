-- On which day of the week a person gets the digest. Grain: one row, or none.
select weekday
from digest_days
where user_id = $user_id
order by user_id
