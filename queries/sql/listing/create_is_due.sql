-- Whether an opportunity needs action on a day: it is on the list and either something waits for an answer, or nobody
-- tried to reach the patient on that day and the patient was not contacted, about this course or another, within
-- suppression_days. Of one opportunity.
create macro listing.is_due(
    status, needs_action_since, last_attempt_at, last_contact_at, patient_contacted_on, suppression_days, today
) as
    status in ('open', 'contacted')
    and (
        needs_action_since is not null
        or (
            coalesce(last_attempt_at::date < today::date, true)
            and coalesce(last_contact_at::date <= today::date - suppression_days::integer, true)
            and patient_contacted_on is null
        )
    )
