-- The numbers of the migrations that the store has had.
select number
from migrations
order by number
