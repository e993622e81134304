-- Note that what is on a practice's list was seen there on a day. Alone, as it is all that changes of most each day.
update spells
set last_seen_on = $today::date
where practice_id = $practice_id and listed_to is null and last_seen_on < $today::date
    and opportunity_id in (
        select opportunity_id
        from listing.opportunities
        where practice_id = $practice_id and today = $today::date
    )
