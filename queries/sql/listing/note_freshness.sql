-- Say from which revision of a practice's data its list for a day was worked out.
insert into listing.freshness (practice_id, today, revision)
values ($practice_id, $today::date, $revision)
