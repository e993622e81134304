-- Set how a practice takes bookings.
insert into booking_settings (
    practice_id, is_online, link_days, notice_hours, days_ahead, step_minutes, is_confirmed, changed_by, changed_at
)
values (
    $practice_id, $is_online, $link_days, $notice_hours, $days_ahead, $step_minutes, $is_confirmed, $by, $now
)
on conflict (practice_id) do update set
    is_online = excluded.is_online,
    link_days = excluded.link_days,
    notice_hours = excluded.notice_hours,
    days_ahead = excluded.days_ahead,
    step_minutes = excluded.step_minutes,
    is_confirmed = excluded.is_confirmed,
    changed_by = excluded.changed_by,
    changed_at = excluded.changed_at
