-- The settings and details of a practice. Grain: one row.
select
    practice_settings.lookback_days, practice_settings.horizon_days, practice_settings.grace_days,
    practice_settings.is_unlinked_visit_counted, practice_settings.suppression_days, practice_settings.snooze_days,
    practice_settings.plan_weight::double as plan_weight,
    practices.name, practices.nation, practices.colour, practices.phone
from practice_settings
join practices on practices.practice_id = practice_settings.practice_id
where practice_settings.practice_id = $practice_id
order by practice_settings.practice_id
