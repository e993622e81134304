-- Add or change the staged rows of a practice. Grain of `staged`: one row for each user known to the PMS.
insert into pms_users (
    practice_id,
    pms_user_id, name, is_active
)
select
    $practice_id,
    pms_user_id, name, is_active
from staged
on conflict (practice_id, pms_user_id) do update set
    name = excluded.name,
    is_active = excluded.is_active
