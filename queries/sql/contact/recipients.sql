-- What has to be known before a patient is written to about opportunities named by practice and id: where, whether they
-- want it, and which visit comes next. What the patient said here counts before what the PMS says.
-- Grain: one row for each that is a course of its practice. planned_visit_id: the visit meant, or null for the next one.
with named as (
    select unnest($practice_ids::text[]) as practice_id, unnest($opportunity_ids::text[]) as opportunity_id
),
said as (
    select
        practice_id, patient_id,
        max(case when about = 'email' then value end) as email,
        max(case when about = 'sms' then value end) as sms,
        max(case when about = 'marketing' then value end) as marketing,
        max(case when about = 'contact' then value end) as contact,
        max(case when about = 'preferred' then value end) as preferred
    from consents
    where list_contains($practice_ids::text[], practice_id)
    group by practice_id, patient_id
),
visits as (
    select
        planned_visits.practice_id, planned_visits.course_id, planned_visits.planned_visit_id, planned_visits.minutes,
        planned_visits.provider_id, coalesce(planned_visits.is_bookable, true) as is_bookable,
        row_number() over (
            partition by planned_visits.practice_id, planned_visits.course_id
            order by planned_visits.position, planned_visits.planned_visit_id
        ) as place
    from planned_visits
    left join appointments on appointments.practice_id = planned_visits.practice_id
        and appointments.appointment_id = planned_visits.appointment_id
    where list_contains($practice_ids::text[], planned_visits.practice_id)
        and coalesce(appointments.status not in ('booked', 'confirmed', 'arrived', 'pending', 'completed'), true)
        and ($planned_visit_id::text is null or planned_visits.planned_visit_id = $planned_visit_id)
        and not exists (
            select 1
            from booked_here($practice_ids::text[], $today, null) as booked_here
            where booked_here.practice_id = planned_visits.practice_id
                and booked_here.planned_visit_id = planned_visits.planned_visit_id and not booked_here.is_missed
        )
)
select
    named.practice_id, named.opportunity_id, courses.patient_id, patients.title, patients.first_name, patients.last_name,
    patients.household_id, patients.email, patients.mobile,
    coalesce(said.preferred, patients.preferred_contact) as preferred,
    coalesce(said.email = 'yes', patients.is_email_allowed, true) as is_email_allowed,
    coalesce(said.sms = 'yes', patients.is_sms_allowed, true) as is_sms_allowed,
    coalesce(said.marketing = 'yes', patients.is_marketing_allowed, false) as is_marketing_allowed,
    coalesce(said.contact = 'no', patients.is_do_not_contact) as is_do_not_contact,
    providers.name as provider, coalesce(providers.is_active and providers.is_online_bookable, false) as is_online_bookable,
    visits.planned_visit_id, visits.minutes, coalesce(visits.is_bookable, true) as is_bookable,
    listed.opened_on, listed.unlinked_visit_on, contacts_elsewhere.contact_on as patient_contacted_on
from named
join courses on courses.practice_id = named.practice_id and courses.course_id = named.opportunity_id
join patients on patients.practice_id = courses.practice_id and patients.patient_id = courses.patient_id
left join said on said.practice_id = patients.practice_id and said.patient_id = patients.patient_id
left join listing.opportunities as listed on listed.practice_id = named.practice_id
    and listed.opportunity_id = named.opportunity_id and listed.today = $today::date
left join listing.contacts_elsewhere($today) as contacts_elsewhere
    on contacts_elsewhere.practice_id = named.practice_id
    and contacts_elsewhere.opportunity_id = named.opportunity_id
left join visits on visits.practice_id = named.practice_id
    and visits.course_id = coalesce(listed.course_id, courses.course_id) and visits.place = 1
left join providers on providers.practice_id = named.practice_id
    and providers.provider_id = coalesce(visits.provider_id, courses.provider_id)
order by named.practice_id, named.opportunity_id
