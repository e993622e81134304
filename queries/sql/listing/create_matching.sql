-- The opportunities of a day that pass every filter, with what people did about them.
-- Grain: one row for each opportunity. `filters` is a structure with one field for each filter; null is "any".
create macro listing.matching(today, filters) as table
select
    opportunities.*,
    opportunities.rowid as listing_row,
    listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, today) as status,
    care_states.snoozed_until, care_states.reject_reason, care_states.booked_on,
    care_states.assigned_to as assignee_id, users.name as assigned_to, users.is_active as is_assignee_active,
    care_states.needs_action_since, care_states.needs_action_why, care_states.attempts, care_states.last_attempt_at, care_states.last_contact_at,
    contacts_elsewhere.contact_on as patient_contacted_on,
    contacts_elsewhere.contact_on + practice_settings.suppression_days as contact_again_on,
    coalesce(care_states.version, 0) as version
from listing.opportunities
join main.practice_settings on practice_settings.practice_id = opportunities.practice_id
left join main.care_states on care_states.practice_id = opportunities.practice_id
    and care_states.opportunity_id = opportunities.opportunity_id
left join main.users on users.user_id = care_states.assigned_to
left join listing.contacts_elsewhere(today) as contacts_elsewhere
    on contacts_elsewhere.practice_id = opportunities.practice_id
    and contacts_elsewhere.opportunity_id = opportunities.opportunity_id
where opportunities.today = today::date
    and opportunities.practice_id in (select unnest(struct_extract(filters, 'practice_ids')::text[]))
    and list_contains(
        struct_extract(filters, 'statuses')::text[],
        listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, today)
    )
    and (struct_extract(filters, 'is_due')::boolean is null
        or listing.is_due(
            listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, today),
            care_states.needs_action_since, care_states.last_attempt_at, care_states.last_contact_at,
            contacts_elsewhere.contact_on, practice_settings.suppression_days, today
        ) = struct_extract(filters, 'is_due')::boolean)
    and (struct_extract(filters, 'is_link_opened')::boolean is null
        or case when struct_extract(filters, 'is_link_opened')::boolean then care_states.link_opened_at is not null
            else care_states.link_sent_at is not null and care_states.link_opened_at is null
        end)
    and (struct_extract(filters, 'reject_reasons')::text[] is null
        or list_contains(struct_extract(filters, 'reject_reasons')::text[], care_states.reject_reason))
    and (struct_extract(filters, 'words')::text[] is null or len(list_filter(
        struct_extract(filters, 'words')::text[], lambda word: not contains(opportunities.search_text, word)
    )) = 0)
    and (struct_extract(filters, 'patient')::text is null
        or opportunities.patient_key = struct_extract(filters, 'patient')::text)
    and (struct_extract(filters, 'household')::text is null
        or opportunities.household_key = struct_extract(filters, 'household')::text)
    and (struct_extract(filters, 'providers')::text[] is null
        or list_contains(struct_extract(filters, 'providers')::text[], opportunities.provider_key))
    and (struct_extract(filters, 'payors')::text[] is null
        or list_contains(struct_extract(filters, 'payors')::text[], opportunities.payor_name))
    and (struct_extract(filters, 'assignees')::text[] is null
        or list_contains(struct_extract(filters, 'assignees')::text[], coalesce(care_states.assigned_to, '')))
    and (struct_extract(filters, 'reasons')::text[] is null
        or list_contains(struct_extract(filters, 'reasons')::text[], opportunities.reason))
    and (struct_extract(filters, 'opened_from')::date is null
        or opportunities.opened_on >= struct_extract(filters, 'opened_from')::date)
    and (struct_extract(filters, 'opened_to')::date is null
        or opportunities.opened_on <= struct_extract(filters, 'opened_to')::date)
    and (struct_extract(filters, 'updated_from')::date is null
        or opportunities.last_updated_on >= struct_extract(filters, 'updated_from')::date)
    and (struct_extract(filters, 'updated_to')::date is null
        or opportunities.last_updated_on <= struct_extract(filters, 'updated_to')::date)
    and (struct_extract(filters, 'next_visit_from')::date is null
        or opportunities.next_visit_on >= struct_extract(filters, 'next_visit_from')::date)
    and (struct_extract(filters, 'next_visit_to')::date is null
        or opportunities.next_visit_on <= struct_extract(filters, 'next_visit_to')::date)
    and (struct_extract(filters, 'value_from')::bigint is null
        or opportunities.value_pence >= struct_extract(filters, 'value_from')::bigint)
    and (struct_extract(filters, 'value_to')::bigint is null
        or opportunities.value_pence <= struct_extract(filters, 'value_to')::bigint)
    and (struct_extract(filters, 'uda_from')::decimal(9, 2) is null
        or opportunities.uda >= struct_extract(filters, 'uda_from')::decimal(9, 2))
    and (struct_extract(filters, 'uda_to')::decimal(9, 2) is null
        or opportunities.uda <= struct_extract(filters, 'uda_to')::decimal(9, 2))
    and (struct_extract(filters, 'worth_from')::bigint is null
        or opportunities.worth_pence >= struct_extract(filters, 'worth_from')::bigint)
    and (struct_extract(filters, 'worth_to')::bigint is null
        or opportunities.worth_pence <= struct_extract(filters, 'worth_to')::bigint)
    and (struct_extract(filters, 'attempts_from')::double is null
        or coalesce(care_states.attempts, 0) >= struct_extract(filters, 'attempts_from')::double)
    and (struct_extract(filters, 'attempts_to')::double is null
        or coalesce(care_states.attempts, 0) <= struct_extract(filters, 'attempts_to')::double)
    and (struct_extract(filters, 'has_phone')::boolean is null
        or (opportunities.phone is not null) = struct_extract(filters, 'has_phone')::boolean)
    and (struct_extract(filters, 'has_mobile')::boolean is null
        or opportunities.is_mobile = struct_extract(filters, 'has_mobile')::boolean)
    and (struct_extract(filters, 'has_email')::boolean is null
        or (opportunities.email is not null) = struct_extract(filters, 'has_email')::boolean)
    and (struct_extract(filters, 'is_partly_done')::boolean is null
        or opportunities.is_partly_done = struct_extract(filters, 'is_partly_done')::boolean)
