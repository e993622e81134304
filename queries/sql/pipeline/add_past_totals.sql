-- Keep the totals of days that are made up (the sample practice's). Grain of `staged`: one row for each opportunity and
-- day on which it was listed, as it was kept on that day, and when the patient was last contacted.
insert into daily_totals
with shown as (
    select
        staged.*,
        listing.status_of(status, booked_on, snoozed_until, day) as shown_status,
        listing.is_due(
            listing.status_of(status, booked_on, snoozed_until, day), needs_action_since, last_attempt_at,
            last_contact_at,
            case when patient_contacted_at::date > day - practice_settings.suppression_days then patient_contacted_at end,
            practice_settings.suppression_days, day
        ) as is_due
    from staged
    join practice_settings on practice_settings.practice_id = staged.practice_id
)
select
    practice_id, day, count(*), count(distinct patient_id), sum(value_pence), coalesce(sum(uda), 0), sum(worth_pence),
    count(*) filter (where is_due),
    count(*) filter (where is_overdue(
        is_due, assigned_to, changed_at, snoozed_until, last_attempt_at, last_contact_at, day
    )),
    day + time '20:00:00'
from shown
where list_contains($statuses, shown_status)
group by practice_id, day
order by day
