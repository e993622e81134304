-- Let a person see a practice, as one of its providers or as none.
insert into user_practices (user_id, practice_id, provider_id)
values ($user_id, $practice_id, $provider_id)
