-- How long opportunities first listed from one day to another waited: the day after opening before which nobody could have
-- seen them unbooked, and the day of the first booking, or of today without one. Grain: one row for each pair of these.
select
    (listed_from - opened_on - 1)::integer as entered,
    (coalesce(booked_on, $to_day::date) - opened_on)::integer as waited,
    booked_on is not null as is_booked,
    count(*)::integer as opportunities
from first_listings($practice_ids, $from_day::date, $to_day::date)
group by entered, waited, is_booked
order by entered, waited, is_booked
