-- Keep the figures of days that are made up (the sample practice's). Grain of `staged`: one row for each opportunity and
-- day on which it was listed, as it was kept on that day.
insert into daily_figures
select
    practice_id, day, listing.status_of(status, booked_on, snoozed_until, day) as shown_status,
    age_band(day - opened_on) as band, provider_id, payor_id, assigned_to,
    count(*), sum(value_pence), coalesce(sum(uda), 0), sum(worth_pence)
from staged
group by
    practice_id, day, listing.status_of(status, booked_on, snoozed_until, day), age_band(day - opened_on),
    provider_id, payor_id, assigned_to
order by day, shown_status, band, provider_id, payor_id, assigned_to
