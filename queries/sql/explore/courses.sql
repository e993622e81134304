-- The view "courses": the courses of treatment of practices as the PMS has them.
-- Grain: one row for each course, the latest first; so many at most.
select
    practices.name as practice,
    courses.course_id,
    courses.patient_id,
    courses.cot_number,
    providers.initials as provider,
    payors.name as payor,
    payors.kind as payor_kind,
    courses.opened_on,
    courses.started_on,
    courses.completed_on,
    courses.last_updated_on,
    courses.is_active,
    courses.is_deleted,
    courses.absent_since,
    courses.band,
    courses.uda,
    courses.uda_done,
    courses.pathway,
    courses.claim_number,
    courses.suspended_on
from courses
join practices on practices.practice_id = courses.practice_id
left join providers on providers.practice_id = courses.practice_id and providers.provider_id = courses.provider_id
left join payors on payors.practice_id = courses.practice_id and payors.payor_id = courses.payor_id
where list_contains($practice_ids, courses.practice_id)
order by courses.opened_on desc, courses.practice_id, courses.course_id
limit $most
