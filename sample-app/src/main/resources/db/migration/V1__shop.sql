-- The shop's own tables. The starter keeps its tables and their history apart from these.

create table customers (
	name   varchar(60) primary key,
	orders bigint      not null
);

create table orders (
	order_id   varchar(60) primary key,
	customer   varchar(60) not null references customers,
	number     bigint      not null,
	sku        varchar(60) not null,
	quantity   integer     not null,
	created_at timestamptz not null default now(),
	unique (customer, number)
);

create index orders_created_at on orders (created_at);

create table stock (
	sku      varchar(60) primary key,
	reserved bigint      not null
);

-- No unique order_id below: a repeated effect must show as a second row, not as an error.

create table reservations (
	id         bigint generated always as identity primary key,
	order_id   varchar(60) not null,
	customer   varchar(60) not null,
	number     bigint      not null,
	sku        varchar(60) not null,
	quantity   integer     not null,
	created_at timestamptz not null default clock_timestamp()
);

create index reservations_order_id on reservations (order_id);

create table shipments (
	id         bigint generated always as identity primary key,
	order_id   varchar(60) not null,
	customer   varchar(60) not null,
	number     bigint      not null,
	created_at timestamptz not null default clock_timestamp()
);

create index shipments_order_id on shipments (order_id);

create table sku_counts (
	sku  varchar(60) primary key,
	seen bigint      not null
);
