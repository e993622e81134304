-- Forget when a provider works, before it is written anew.
delete from working_hours
where practice_id = $practice_id and provider_id = $provider_id
