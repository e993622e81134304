-- Hold a time for the patient of a link, who holds one at most. Grain: one row.
insert into slot_holds (token_hash, practice_id, provider_id, starts_at, minutes, until_at)
values ($token_hash, $practice_id, $provider_id, $starts_at, $minutes, $until_at)
on conflict (token_hash) do update set
    practice_id = excluded.practice_id,
    provider_id = excluded.provider_id,
    starts_at = excluded.starts_at,
    minutes = excluded.minutes,
    until_at = excluded.until_at
