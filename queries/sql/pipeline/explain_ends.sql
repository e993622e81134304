-- Say why the spells of a practice that ended on a day did: the rule's reason, too_old being expired.
update spells
set left_why = coalesce(ruled.reason, 'absent')
from (
    select
        ended.opportunity_id, ended.listed_from,
        case courses_now.reason when 'too_old' then 'expired' else courses_now.reason end as reason
    from spells as ended
    left join courses_on(
        $practice_id, $today, $lookback_days, $horizon_days, $grace_days, $is_unlinked_visit_counted, $plan_weight
    ) as courses_now on courses_now.opportunity_id = ended.opportunity_id
    where ended.practice_id = $practice_id and ended.listed_to = $today::date and ended.left_why is null
) as ruled
where spells.practice_id = $practice_id
    and spells.opportunity_id = ruled.opportunity_id and spells.listed_from = ruled.listed_from
