-- Keep the hashes of links by which patients opt out. Grain of `staged`: one row for each link.
insert into unsubscribe_links (token_hash, practice_id, patient_id, channel, made_at)
select token_hash, practice_id, patient_id, channel, made_at
from staged
