-- Everybody who may use Care Manager, or one of them. Grain: one row for each person.
select
    users.user_id, users.name, users.email, users.role, users.is_active,
    passwords.user_id is not null as has_password,
    coalesce(passwords.is_one_time, false) as is_password_one_time,
    list(user_practices.practice_id order by user_practices.practice_id)
        filter (user_practices.practice_id is not null) as practice_ids,
    list(user_practices.practice_id || '/' || user_practices.provider_id order by user_practices.practice_id)
        filter (user_practices.provider_id is not null) as provider_keys
from users
left join passwords on passwords.user_id = users.user_id
left join user_practices on user_practices.user_id = users.user_id
where $user_id::text is null or users.user_id = $user_id
group by
    users.user_id, users.name, users.email, users.role, users.is_active, passwords.user_id, passwords.is_one_time
order by users.name, users.user_id
