-- Whose link it is. Grain: one row for each patient that it opts out.
select token_hash, practice_id, patient_id, channel, made_at
from unsubscribe_links
where token_hash = $token_hash
order by token_hash, patient_id
