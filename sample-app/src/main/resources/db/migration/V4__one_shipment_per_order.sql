-- Shipping's second defence, for the day the inbox has forgotten the message. What it refuses is counted, because
-- as long as the inbox remembers there is nothing to refuse.

drop index shipments_order_id;

create unique index shipments_order_id on shipments (order_id);

create table refused_shipments (
	id         bigint generated always as identity primary key,
	order_id   varchar(60) not null,
	created_at timestamptz not null default clock_timestamp()
);
