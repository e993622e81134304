-- Where the store notes which migrations it has had. Grain: one row for each.
create table if not exists migrations (
    number integer primary key,
    name text not null,
    applied_at timestamp not null
)
