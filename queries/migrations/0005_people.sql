-- Who may use Care Manager, in which role and for which practices, and how they sign in.

alter table users add column email text;                -- what a person signs in with, in lower case
alter table users add column role text default 'read-only';
alter table users add column created_by text;
alter table users add column created_at timestamp;

-- The practices that a person may see; a clinician is one of the practice's providers.
create table user_practices (
    user_id text not null,
    practice_id text not null,
    provider_id text,
    primary key (user_id, practice_id)
);

-- Only the hash is kept. A one-time password opens nothing but the page that changes it, until it expires.
create table passwords (
    user_id text primary key,
    hash text not null,
    is_one_time boolean not null,
    expires_at timestamp,
    changed_at timestamp not null
);

-- One signed-in browser. The id in its cookie is kept only as a hash.
create table sessions (
    session_hash text primary key,
    user_id text not null,
    started_at timestamp not null,
    seen_at timestamp not null,
    ended_at timestamp,
    ended_why text                                      -- signed out, changed, replaced
);

-- Failed sign-ins of the last hours, to slow down guessing.
create table sign_in_failures (
    account text not null,
    address text not null,
    failed_at timestamp not null
);
