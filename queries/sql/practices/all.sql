-- Every practice with its settings. Grain: one row for each practice.
select
    practices.practice_id, practices.name, practices.nation, practices.timezone, practices.phone, practices.colour,
    practices.is_sample, practices.revision,
    practice_settings.lookback_days, practice_settings.horizon_days, practice_settings.grace_days,
    practice_settings.is_unlinked_visit_counted, practice_settings.suppression_days, practice_settings.snooze_days,
    practice_settings.plan_weight::double as plan_weight
from practices
join practice_settings on practice_settings.practice_id = practices.practice_id
order by practices.is_sample, practices.name, practices.practice_id
