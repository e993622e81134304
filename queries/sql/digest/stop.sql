-- Let a person get no digest any more.
delete from digest_days
where user_id = $user_id
