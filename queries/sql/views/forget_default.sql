-- Let nobody's list open with a view any more.
delete from default_views
where view_id = $view_id
