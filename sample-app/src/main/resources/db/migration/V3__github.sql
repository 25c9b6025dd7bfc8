-- Webhooks of GitHub. No unique id: a repeated effect must show as a second row, not as an error.

create table github_deliveries (
	id         bigint generated always as identity primary key,
	event      varchar(60) not null,
	bytes      integer     not null,
	created_at timestamptz not null default clock_timestamp()
);
