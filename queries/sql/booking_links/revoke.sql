-- Revoke the links about opportunities named by practice and id that nobody has used.
update booking_links
set revoked_at = $now, revoked_why = $why
from (
    select unnest($practice_ids::text[]) as practice_id, unnest($opportunity_ids::text[]) as opportunity_id
) as named
where booking_links.practice_id = named.practice_id and booking_links.opportunity_id = named.opportunity_id
    and booking_links.used_at is null and booking_links.revoked_at is null
