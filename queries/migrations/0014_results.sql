-- What came of contacts (docs/decisions/0010-results.md): the events that stand, and the first times on the list.

-- The day on which something happened at a practice, and when (UTC) a day of a practice begins.
create macro day_at(moment, timezone) as ((moment at time zone 'UTC') at time zone timezone)::date;
create macro midnight_at(day, timezone) as (day::timestamp at time zone timezone) at time zone 'UTC';

-- The message that an event names, if any: most name none, and need not be read.
create macro message_of(after) as case when contains(after, '"message_id"') then after ->> 'message_id' end;

-- When a patient was contacted by what was written down at a time: by a message when it left, which is null while it waits
-- and when it did not arrive. Of one event, and of the message that it names, if it names one.
create macro contact_at(happened_at, message_state, sent_at, tried_at) as
    case
        when message_state is null then happened_at
        when message_state not in ('failed', 'bounced', 'cancelled') then coalesce(sent_at, tried_at)
    end;

-- What people did about opportunities of practices and did not take back. Grain: one row for each event.
create macro kept_events(practices, kinds) as table
select
    events.event_id, events.practice_id, events.opportunity_id, events.kind, events.by_user, events.happened_at,
    events.after
from events
where list_contains(practices, events.practice_id)
    and list_contains(kinds, events.kind)
    and events.opportunity_id is not null
    and events.event_id not in (select undoing.undoes from events as undoing where undoing.undoes is not null);

-- The opportunities that came on the list for the first time from one day to another, without those that were there when
-- the practice's history began. Grain: one row for each. booked_on: the first booking, in whichever of their spells.
create macro first_listings(practices, from_day, to_day) as table
with bookings as (
    select practice_id, opportunity_id, min(day) as booked_on
    from spell_steps
    where list_contains(practices, practice_id) and step = 'booked' and day between from_day and to_day
    group by practice_id, opportunity_id
)
select
    firsts.practice_id, firsts.opportunity_id, firsts.listed_from, firsts.listed_to, firsts.opened_on,
    firsts.first_value_pence as value_pence, bookings.booked_on
from spells as firsts
left join spells as earlier on earlier.practice_id = firsts.practice_id
    and earlier.opportunity_id = firsts.opportunity_id and earlier.listed_from < firsts.listed_from
left join bookings on bookings.practice_id = firsts.practice_id and bookings.opportunity_id = firsts.opportunity_id
where list_contains(practices, firsts.practice_id)
    and firsts.is_start_known and firsts.listed_from between from_day and to_day
    and earlier.opportunity_id is null;
