-- The status that people see on a day, from what is kept: a snooze ends by itself and leaves the status it hid, and a
-- visit that somebody says is booked holds until its day. Of one opportunity; status may be null, nobody touched it.
create macro listing.status_of(status, booked_on, snoozed_until, today) as
    case
        when status = 'rejected' then 'rejected'
        when booked_on >= today::date then 'booked'
        when snoozed_until > today::date then 'snoozed'
        else coalesce(status, 'open')
    end
