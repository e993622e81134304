-- The opportunities of a day by what is asked: total, practice, status, age, provider, payor or assignee.
-- Grain: one row for each key of that; patients are counted once in each. The kept list must be fresh.
with listed as (
    select
        opportunities.practice_id, opportunities.patient_key, opportunities.provider_key, opportunities.payor_name,
        opportunities.opened_on, opportunities.value_pence, opportunities.uda, opportunities.worth_pence,
        care_states.assigned_to as assignee_id, care_states.changed_at, care_states.snoozed_until,
        care_states.last_attempt_at, care_states.last_contact_at,
        listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, $today) as status,
        care_states.needs_action_since, contacts_elsewhere.contact_on as patient_contacted_on,
        practice_settings.suppression_days
    from listing.opportunities
    join practice_settings on practice_settings.practice_id = opportunities.practice_id
    left join care_states on care_states.practice_id = opportunities.practice_id
        and care_states.opportunity_id = opportunities.opportunity_id
    left join listing.contacts_elsewhere($today) as contacts_elsewhere
        on contacts_elsewhere.practice_id = opportunities.practice_id
        and contacts_elsewhere.opportunity_id = opportunities.opportunity_id
    where opportunities.today = $today::date and list_contains($practice_ids, opportunities.practice_id)
),
matching as (
    select
        listed.*,
        listing.is_due(
            status, needs_action_since, last_attempt_at, last_contact_at, patient_contacted_on, suppression_days, $today
        ) as is_due
    from listed
    where list_contains($statuses, status)
),
keyed as (
    select
        matching.*,
        case $what
            when 'practice' then practice_id
            when 'status' then status
            when 'age' then age_band($today::date - opened_on)
            when 'provider' then provider_key
            when 'payor' then payor_name
            when 'assignee' then assignee_id
            else 'total'
        end as key
    from matching
),
summed as (
    select
        key,
        count(*)::integer as opportunities,
        count(distinct patient_key)::integer as patients,
        sum(value_pence)::bigint as value_pence,
        coalesce(sum(uda), 0)::double as uda,
        sum(worth_pence)::bigint as worth_pence,
        (count(*) filter (where is_due))::integer as due,
        (count(*) filter (where is_overdue(
            is_due, assignee_id, changed_at, snoozed_until, last_attempt_at, last_contact_at, $today
        )))::integer as overdue
    from keyed
    group by key
)
select
    coalesce(summed.key, '') as key,
    case $what
        when 'provider' then coalesce(providers.initials, 'No provider')
        when 'payor' then coalesce(summed.key, 'No payor')
        when 'assignee' then coalesce(users.name, summed.key, 'Nobody')
        else summed.key
    end as name,
    practices.name as practice,
    summed.opportunities, summed.patients, summed.value_pence, summed.uda, summed.worth_pence,
    summed.due, summed.overdue
from summed
left join providers on $what = 'provider' and providers.practice_id || '/' || providers.provider_id = summed.key
left join practices on practices.practice_id = coalesce(providers.practice_id, case $what when 'practice' then summed.key end)
left join users on $what = 'assignee' and users.user_id = summed.key
order by summed.value_pence desc, summed.opportunities desc, key
