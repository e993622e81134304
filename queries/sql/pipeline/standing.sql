-- The opportunities of a day, in one look, by all that they are split by: what is total, practice, status, age, provider,
-- payor or assignee. Grain: one row for each what and key; patients are counted once in each. The kept list must be fresh.
-- Those with one of $statuses; by status every one of them.
with several as (
    select patient_key
    from listing.opportunities
    where today = $today::date and list_contains($practice_ids, practice_id)
    group by patient_key
    having count(*) > 1
),
listed as (
    select
        opportunities.practice_id, opportunities.patient_key, opportunities.provider_key, opportunities.payor_name,
        opportunities.value_pence, opportunities.uda, opportunities.worth_pence,
        age_band($today::date - opportunities.opened_on) as age, several.patient_key is null as is_alone,
        care_states.assigned_to as assignee_id, care_states.changed_at, care_states.snoozed_until,
        care_states.last_attempt_at, care_states.last_contact_at,
        listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, $today) as status,
        care_states.needs_action_since, contacts_elsewhere.contact_on as patient_contacted_on,
        practice_settings.suppression_days
    from listing.opportunities
    join practice_settings on practice_settings.practice_id = opportunities.practice_id
    left join several on several.patient_key = opportunities.patient_key
    left join care_states on care_states.practice_id = opportunities.practice_id
        and care_states.opportunity_id = opportunities.opportunity_id
    left join listing.contacts_elsewhere($today) as contacts_elsewhere
        on contacts_elsewhere.practice_id = opportunities.practice_id
        and contacts_elsewhere.opportunity_id = opportunities.opportunity_id
    where opportunities.today = $today::date and list_contains($practice_ids, opportunities.practice_id)
),
judged as (
    select
        listed.*,
        list_contains($statuses, status) as is_asked,
        listing.is_due(
            status, needs_action_since, last_attempt_at, last_contact_at, patient_contacted_on, suppression_days, $today
        ) as is_due
    from listed
),
matching as materialized (
    select
        judged.*,
        is_overdue(
            is_due, assignee_id, changed_at, snoozed_until, last_attempt_at, last_contact_at, $today
        ) as is_overdue
    from judged
),
summed as (
    select
        grouping_id(practice_id, status, age, provider_key, payor_name, assignee_id) as place,
        coalesce(practice_id, status, age, provider_key, payor_name, assignee_id, '') as key,
        coalesce(is_asked, true) as is_asked,
        count(*) as opportunities,
        count(*) filter (where is_alone) as alone,
        sum(value_pence) as value_pence,
        coalesce(sum(uda), 0) as uda,
        sum(worth_pence) as worth_pence,
        count(*) filter (where is_due) as due,
        count(*) filter (where is_overdue) as overdue
    from matching
    group by grouping sets (
        (is_asked), (is_asked, practice_id), (status), (is_asked, age), (is_asked, provider_key), (is_asked, payor_name),
        (is_asked, assignee_id)
    )
),
-- To tell patients apart is what takes long: only those with several opportunities need it.
shared as (
    select
        grouping_id(practice_id, status, age, provider_key, payor_name, assignee_id) as place,
        coalesce(practice_id, status, age, provider_key, payor_name, assignee_id, '') as key,
        coalesce(is_asked, true) as is_asked,
        count(distinct patient_key) as patients
    from matching
    where not is_alone
    group by grouping sets (
        (is_asked), (is_asked, practice_id), (status), (is_asked, age), (is_asked, provider_key), (is_asked, payor_name),
        (is_asked, assignee_id)
    )
),
named as (
    select
        case summed.place
            when 31 then 'practice' when 47 then 'status' when 55 then 'age' when 59 then 'provider' when 61 then 'payor'
            when 62 then 'assignee' else 'total'
        end as what,
        summed.*,
        summed.alone + coalesce(shared.patients, 0) as patients
    from summed
    left join shared on shared.place = summed.place and shared.key = summed.key and shared.is_asked
    where summed.is_asked
)
select
    named.what, named.key,
    case named.what
        when 'provider' then coalesce(nullif(providers.name, ''), providers.initials, 'No provider')
        when 'payor' then coalesce(nullif(named.key, ''), 'No payor')
        when 'assignee' then coalesce(users.name, nullif(named.key, ''), 'Nobody')
        else named.key
    end as name,
    practices.name as practice,
    named.opportunities::integer as opportunities, named.patients::integer as patients,
    named.value_pence::bigint as value_pence, named.uda::double as uda, named.worth_pence::bigint as worth_pence,
    named.due::integer as due, named.overdue::integer as overdue
from named
left join providers on named.what = 'provider' and providers.practice_id || '/' || providers.provider_id = named.key
left join practices
    on practices.practice_id = coalesce(providers.practice_id, case named.what when 'practice' then named.key end)
left join users on named.what = 'assignee' and users.user_id = named.key
order by named.what, named.value_pence desc, named.opportunities desc, named.key
