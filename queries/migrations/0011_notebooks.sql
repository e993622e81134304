-- Notebooks of the page Explore: questions that somebody keeps, for themselves or for everybody at a practice.

create table notebooks (
    notebook_id text primary key,
    user_id text not null,                  -- whose it is
    practice_id text,                       -- everybody there may use it; null: its owner alone
    name text not null,
    cells text not null,                    -- JSON: the questions, never an answer
    version integer not null,               -- raised by each change: a stale screen overwrites nothing
    changed_by text not null,
    changed_at timestamp not null
);
