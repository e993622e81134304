-- Keep the totals of a practice's day. Grain of `staged`: one row.
insert into daily_totals
select
    $practice_id, $today::date, opportunities, patients, value_pence, uda, worth_pence, due, overdue, $now
from staged
