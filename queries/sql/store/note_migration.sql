-- Note that a migration was applied.
insert into migrations (number, name, applied_at)
values ($number, $name, $now)
