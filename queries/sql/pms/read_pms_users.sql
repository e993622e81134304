-- Every user known to the PMS of a practice, without the practice's id. Grain: one row each.
select
    pms_user_id, name, is_active
from pms_users
where practice_id = $practice_id
order by pms_user_id
