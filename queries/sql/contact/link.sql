-- Whose link it is. Grain: one row, or none.
select token_hash, practice_id, patient_id, channel, made_at
from unsubscribe_links
where token_hash = $token_hash
order by token_hash
