-- The practices whose kept list for a day is missing or older than their data, with the settings of the rule.
-- Grain: one row for each practice.
select
    practices.practice_id, practices.revision,
    practice_settings.lookback_days, practice_settings.horizon_days, practice_settings.grace_days,
    practice_settings.is_unlinked_visit_counted, practice_settings.plan_weight::double as plan_weight
from practices
join practice_settings on practice_settings.practice_id = practices.practice_id
left join listing.freshness on freshness.practice_id = practices.practice_id and freshness.today = $today::date
where list_contains($practice_ids, practices.practice_id)
    and (freshness.revision is null or freshness.revision <> practices.revision)
order by practices.practice_id
