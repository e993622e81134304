-- Every course of a practice with whether it is listed on a day and why. Grain: one row for each course or chain.
select *
from courses_on(
    $practice_id, $today, $lookback_days, $horizon_days, $grace_days, $is_unlinked_visit_counted, $plan_weight
)
where ($patient_id is null or patient_id = $patient_id)
order by opened_on, opportunity_id
