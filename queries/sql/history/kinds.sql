-- Every kind of event that has happened. Grain: one row for each kind.
select distinct kind
from events
order by kind
