-- The weekly digest: who wants one on which day of the week, and which were written.

create table digest_days (
    user_id text primary key,
    weekday integer not null,               -- 1 is Monday
    changed_by text not null,
    changed_at timestamp not null
);

-- One for each person and day, however often the worker looks.
create table digests (
    user_id text not null,
    day date not null,
    message_id text not null,
    primary key (user_id, day)
);

-- What an e-mail shows instead of its text, and the pictures in it.
alter table messages add column html text;

create table message_pictures (
    message_id text not null,
    name text not null,
    picture blob not null,                  -- PNG
    primary key (message_id, name)
);
