-- How likely each open opportunity is to be booked (docs/decisions/0012-chances.md): worked out once a day, never by hand.
-- No key on chances: a practice's rows are taken out and written again in one transaction, and a key of the store
-- would refuse the second row although the first is gone.

create table chances (
    practice_id text not null,
    opportunity_id text not null,
    chance double not null,                 -- of being booked within the days after worked_out_on, 0 to 1
    raises text[] not null,                 -- what makes it higher than usual here, strongest first: keys of services/chance_words.py
    lowers text[] not null,                 -- and what makes it lower
    worked_out_on date not null
);

-- The last look at a practice's history: what was learnt, and how it did on months that it had not seen.
create table chance_tests (
    practice_id text primary key,
    worked_out_on date not null,
    worked_out_at timestamp not null,
    revision bigint not null,               -- of the practice's data then
    result text not null                    -- JSON: services/chance_model.py, Learnt
);
