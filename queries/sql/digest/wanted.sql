-- Who gets a digest, on which day of the week, and when they last got one. Grain: one row for each person.
select digest_days.user_id, digest_days.weekday, max(digests.day) as last_on
from digest_days
left join digests on digests.user_id = digest_days.user_id
group by digest_days.user_id, digest_days.weekday
order by digest_days.user_id
