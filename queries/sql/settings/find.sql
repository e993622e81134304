-- The settings of a practice and who wrote them last. Grain: one row.
select
    practice_settings.lookback_days, practice_settings.horizon_days, practice_settings.grace_days,
    practice_settings.is_unlinked_visit_counted, practice_settings.suppression_days, practice_settings.snooze_days,
    practice_settings.plan_weight::double as plan_weight,
    practices.name, practices.nation, practices.colour, practices.phone,
    coalesce(users.name, practice_settings.changed_by) as changed_by, practice_settings.changed_at
from practice_settings
join practices on practices.practice_id = practice_settings.practice_id
left join users on users.user_id = practice_settings.changed_by
where practice_settings.practice_id = $practice_id
order by practice_settings.practice_id
