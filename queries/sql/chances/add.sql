-- Keep the chances of a practice's opportunities. Grain of `staged`: one row for each opportunity.
insert into chances
select $practice_id, opportunity_id, chance, raises, lowers, $today::date
from staged
order by opportunity_id
