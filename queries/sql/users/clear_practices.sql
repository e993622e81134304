-- Take a person's practices away, before the new ones are given.
delete from user_practices
where user_id = $user_id
