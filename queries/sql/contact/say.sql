-- Keep what a patient said about being contacted.
insert into consents (practice_id, patient_id, about, value, source, said_at, by_user)
values ($practice_id, $patient_id, $about, $value, $source, $now, $by)
on conflict (practice_id, patient_id, about) do update set
    value = excluded.value,
    source = excluded.source,
    said_at = excluded.said_at,
    by_user = excluded.by_user
