-- A link by the hash of its token, and whether it can be used now. Grain: one row, or none.
select
    token_hash, practice_id, opportunity_id, patient_id, planned_visit_id, message_id, made_at, expires_at, opened_at,
    used_at, used_for, booking_id, revoked_why,
    case
        when used_at is not null then 'used'
        when revoked_at is not null then 'revoked'
        when expires_at <= $now::timestamp then 'expired'
        else 'good'
    end as state
from booking_links
where token_hash = $token_hash
order by token_hash
