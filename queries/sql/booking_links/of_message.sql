-- The links that a message carries, and whether each can be used now. Grain: one row for each link.
select
    token_hash,
    case
        when used_at is not null then 'used'
        when revoked_at is not null then 'revoked'
        when expires_at <= $now::timestamp then 'expired'
        else 'good'
    end as state
from booking_links
where message_id = $message_id
order by token_hash
