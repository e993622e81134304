-- Add or change a person.
insert into users (user_id, name, email, role, is_active, created_by, created_at)
values ($user_id, $name, $email, $role, $is_active, $by, $now)
on conflict (user_id) do update set
    name = excluded.name,
    email = excluded.email,
    role = excluded.role,
    is_active = excluded.is_active
