-- Set the rule's numbers of a practice.
update practice_settings
set
    lookback_days = $lookback_days,
    horizon_days = $horizon_days,
    grace_days = $grace_days,
    is_unlinked_visit_counted = $is_unlinked_visit_counted,
    suppression_days = $suppression_days,
    snooze_days = $snooze_days,
    plan_weight = $plan_weight,
    changed_by = $by,
    changed_at = $now
where practice_id = $practice_id
