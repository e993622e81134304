-- How often somebody's sign-in was refused for a reason since a time. Grain: one row.
select count(*) as refusals
from events
where kind = 'sign-in refused' and by_user = $by and note = $note and happened_at > $since
order by refusals
