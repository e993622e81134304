-- End the spells of what is no longer on a practice's list. Grain of what it returns: one row for each.
update spells
set listed_to = $today::date
where practice_id = $practice_id and listed_to is null
    and opportunity_id not in (
        select opportunity_id
        from listing.opportunities
        where practice_id = $practice_id and today = $today::date
    )
returning opportunity_id
