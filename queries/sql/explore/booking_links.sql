-- The view "booking_links": the links by which patients of practices book, without the links themselves; times are the
-- practice's. Grain: one row for each link, the latest first; so many at most.
select
    practices.name as practice,
    booking_links.opportunity_id,
    booking_links.patient_id,
    booking_links.message_id,
    timezone(practices.timezone, timezone('UTC', booking_links.made_at)) as made_at,
    timezone(practices.timezone, timezone('UTC', booking_links.made_at))::date as made_on,
    timezone(practices.timezone, timezone('UTC', booking_links.expires_at)) as expires_at,
    timezone(practices.timezone, timezone('UTC', booking_links.opened_at)) as opened_at,
    timezone(practices.timezone, timezone('UTC', booking_links.used_at)) as used_at,
    booking_links.used_for,
    booking_links.booking_id,
    booking_links.revoked_why
from booking_links
join practices on practices.practice_id = booking_links.practice_id
where list_contains($practice_ids, booking_links.practice_id)
order by booking_links.made_at desc, booking_links.token_hash
limit $most
