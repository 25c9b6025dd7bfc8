-- SPDX-License-Identifier: Apache-2.0
-- Copyright the idempotency project authors

-- What happened: one row per effect, written by the effect's own transaction. Expired rows are found by walking the table: an
-- index on their expiry would cost every effect.
CREATE TABLE IF NOT EXISTS idempotency_inbox (
	completed_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
	flow varchar(100) NOT NULL,
	outcome varchar(10) NOT NULL,
	fingerprint bytea,
	stream_hash bytea CHECK (octet_length(stream_hash) = 32),
	stream_number bigint,
	PRIMARY KEY (key_hash)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
-- Rows of numbered messages that consumers compete for, until they are folded into the position of their stream.
CREATE INDEX IF NOT EXISTS idempotency_inbox_stream ON idempotency_inbox (stream_hash, stream_number)
	WHERE stream_number IS NOT NULL;

-- What effects returned that return something. Goes with its row above.
CREATE TABLE IF NOT EXISTS idempotency_result (
	expires_at timestamptz NOT NULL,
	key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
	codec varchar(20) NOT NULL,
	body bytea,
	PRIMARY KEY (key_hash)
);
-- External effects: one row per effect, committed before its body runs. What may have happened keeps its row until somebody
-- decides. The ids are there for whoever decides, and gone once the effect is finished. due_at says when somebody has to look
-- at it: at the end of the lease, of the provider's window or of the retention, or to ask a reconciler.
CREATE TABLE IF NOT EXISTS idempotency_claim (
	claimed_at timestamptz NOT NULL,
	changed_at timestamptz NOT NULL,
	due_at timestamptz NOT NULL,
	window_until timestamptz,
	fence bigint NOT NULL,
	attempts integer NOT NULL,
	reached boolean NOT NULL,
	key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
	status varchar(20) NOT NULL,
	contract varchar(40) NOT NULL,
	flow varchar(100) NOT NULL,
	owner varchar(100) NOT NULL,
	provider_key varchar(255),
	effect_source varchar(1024),
	effect_id varchar(1024),
	reason varchar(2000),
	codec varchar(20),
	fingerprint bytea,
	result bytea,
	PRIMARY KEY (key_hash)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX IF NOT EXISTS idempotency_claim_due ON idempotency_claim (status, due_at);

-- How far each flow has come in each stream. Rows are updated in place: nothing but the key is indexed.
CREATE TABLE IF NOT EXISTS idempotency_position (
	owner bigint NOT NULL,
	position bigint NOT NULL,
	since bigint NOT NULL,
	touched_at timestamptz NOT NULL,
	epoch integer NOT NULL,
	key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
	flow varchar(100) NOT NULL,
	stream varchar(2000) NOT NULL,
	PRIMARY KEY (key_hash)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Numbers of a stream that were not applied: missing, set aside, or older than its first contact.
CREATE TABLE IF NOT EXISTS idempotency_hole (
	first_number bigint NOT NULL,
	last_number bigint NOT NULL,
	noticed_at timestamptz NOT NULL,
	key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
	state varchar(10) NOT NULL,
	PRIMARY KEY (key_hash, first_number)
);
CREATE INDEX IF NOT EXISTS idempotency_hole_state ON idempotency_hole (state, noticed_at);

-- What waits to be sent. Its one index gives the relay every lane's oldest messages.
CREATE TABLE IF NOT EXISTS idempotency_outbox (
	id bigint GENERATED ALWAYS AS IDENTITY,
	created_at timestamptz NOT NULL,
	attempts integer NOT NULL DEFAULT 0,
	lane smallint NOT NULL,
	destination varchar(255) NOT NULL,
	message_id varchar(1024) NOT NULL,
	route varchar(255),
	msg_key varchar(1024),
	type varchar(255) NOT NULL,
	source varchar(1024) NOT NULL,
	content_type varchar(255) NOT NULL,
	headers text NOT NULL,
	body bytea NOT NULL,
	stream_epoch varchar(100),
	stream_partition integer,
	stream_number bigint,
	last_error varchar(2000),
	PRIMARY KEY (destination, lane, id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- What is to be published: only ever inserted, read once and truncated by the segment. In
-- idempotency_outbox are then only messages that were refused, or wait behind one.
CREATE SEQUENCE IF NOT EXISTS idempotency_outbox_segment MINVALUE 0 MAXVALUE 2;
CREATE TABLE IF NOT EXISTS idempotency_outbox_log (
	id bigint NOT NULL DEFAULT nextval('idempotency_outbox_id_seq'),
	xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
	created_at timestamptz NOT NULL,
	lane smallint NOT NULL,
	segment smallint NOT NULL,
	destination varchar(255) COLLATE "C" NOT NULL,
	message_id varchar(1024) NOT NULL,
	route varchar(255),
	msg_key varchar(1024),
	type varchar(255) NOT NULL,
	source varchar(1024) NOT NULL,
	content_type varchar(255) NOT NULL,
	headers text NOT NULL,
	body bytea NOT NULL
) PARTITION BY LIST (segment);
CREATE INDEX IF NOT EXISTS idempotency_outbox_log_xid ON idempotency_outbox_log (destination, xid);
CREATE TABLE IF NOT EXISTS idempotency_outbox_log_0 PARTITION OF idempotency_outbox_log FOR VALUES IN (0)
	WITH (autovacuum_vacuum_insert_threshold = -1);
CREATE TABLE IF NOT EXISTS idempotency_outbox_log_1 PARTITION OF idempotency_outbox_log FOR VALUES IN (1)
	WITH (autovacuum_vacuum_insert_threshold = -1);
CREATE TABLE IF NOT EXISTS idempotency_outbox_log_2 PARTITION OF idempotency_outbox_log FOR VALUES IN (2)
	WITH (autovacuum_vacuum_insert_threshold = -1);

-- How far the log was read, per destination and set of lanes (one bit each).
CREATE TABLE IF NOT EXISTS idempotency_outbox_cursor (
	lanes bigint NOT NULL,
	epoch bigint NOT NULL,
	after_id bigint NOT NULL,
	top_id bigint NOT NULL,
	destination varchar(255) COLLATE "C" NOT NULL,
	closed pg_snapshot NOT NULL,
	opened pg_snapshot,
	partitions integer NOT NULL DEFAULT 0,
	numbering varchar(100),
	PRIMARY KEY (destination, lanes)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- The last numbers given, per lane and source, of 32 partitions each. Rows are updated in place, with the cursor.
CREATE TABLE IF NOT EXISTS idempotency_outbox_number (
	lane smallint NOT NULL,
	first_partition integer NOT NULL,
	numbering varchar(100) NOT NULL,
	destination varchar(255) COLLATE "C" NOT NULL,
	source varchar(1024) COLLATE "C" NOT NULL,
	numbers bigint[] NOT NULL,
	PRIMARY KEY (destination, lane, first_partition, source)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Where the routing key decides who sees a message, numbers of routing keys take the place of partitions. Never changed.
CREATE TABLE IF NOT EXISTS idempotency_outbox_route (
	number integer NOT NULL,
	destination varchar(255) COLLATE "C" NOT NULL,
	route varchar(1024) COLLATE "C" NOT NULL,
	PRIMARY KEY (destination, route),
	CONSTRAINT idempotency_outbox_route_number UNIQUE (destination, number)
);

-- Messages the broker refused, and those that wait behind one.
CREATE TABLE IF NOT EXISTS idempotency_outbox_parked (
	id bigint NOT NULL,
	created_at timestamptz NOT NULL,
	parked_at timestamptz NOT NULL,
	attempts integer NOT NULL,
	lane smallint NOT NULL,
	destination varchar(255) NOT NULL,
	message_id varchar(1024) NOT NULL,
	route varchar(255),
	msg_key varchar(1024),
	type varchar(255) NOT NULL,
	source varchar(1024) NOT NULL,
	content_type varchar(255) NOT NULL,
	headers text NOT NULL,
	body bytea NOT NULL,
	stream_epoch varchar(100),
	stream_partition integer,
	stream_number bigint,
	reason varchar(2000) NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS idempotency_outbox_parked_destination ON idempotency_outbox_parked (destination, lane, id);

-- Keys whose messages wait behind a parked one.
CREATE TABLE IF NOT EXISTS idempotency_halted_key (
	destination varchar(255) NOT NULL,
	key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
	msg_key varchar(1024) NOT NULL,
	halted_at timestamptz NOT NULL,
	PRIMARY KEY (destination, key_hash)
);

-- Who relays which lane. Rows are updated in place: nothing but the key is indexed.
CREATE TABLE IF NOT EXISTS idempotency_lane (
	epoch bigint NOT NULL,
	lease_until timestamptz,
	lane smallint NOT NULL,
	owner varchar(255),
	PRIMARY KEY (lane)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
INSERT INTO idempotency_lane (lane, epoch) SELECT lane, 0 FROM generate_series(0, 63) AS lane ON CONFLICT DO NOTHING;

-- Which nodes are alive.
CREATE TABLE IF NOT EXISTS idempotency_node (
	id varchar(255) NOT NULL,
	seen_at timestamptz NOT NULL,
	PRIMARY KEY (id)
) WITH (fillfactor = 50);

-- Failed attempts at incoming messages.
CREATE TABLE IF NOT EXISTS idempotency_attempt (
	first_at timestamptz NOT NULL,
	last_at timestamptz NOT NULL,
	attempts integer NOT NULL,
	key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
	flow varchar(100) NOT NULL,
	last_error varchar(2000) NOT NULL,
	PRIMARY KEY (key_hash)
);
CREATE INDEX IF NOT EXISTS idempotency_attempt_last ON idempotency_attempt (last_at);

-- Messages that were acknowledged first and have begun, by the process that has them. Its row 0 says when it was last alive;
-- what a dead process leaves behind did not come to an end.
CREATE TABLE IF NOT EXISTS idempotency_begun (
	seen_at timestamptz NOT NULL,
	number bigint NOT NULL,
	messages integer NOT NULL,
	owner varchar(100) NOT NULL,
	flow varchar(100) NOT NULL,
	PRIMARY KEY (owner, number)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Incoming messages set aside: not lost, not applied.
CREATE TABLE IF NOT EXISTS idempotency_parked (
	id bigint GENERATED ALWAYS AS IDENTITY,
	parked_at timestamptz NOT NULL,
	closed_at timestamptz,
	attempts integer NOT NULL,
	state varchar(10) NOT NULL,
	identity_hash bytea NOT NULL CHECK (octet_length(identity_hash) = 32),
	flow varchar(100) NOT NULL,
	reason varchar(30) NOT NULL,
	transport varchar(50) NOT NULL,
	channel varchar(255) NOT NULL,
	source_position varchar(1024) NOT NULL,
	msg_key text,
	headers text NOT NULL,
	body bytea NOT NULL,
	cause varchar(2000) NOT NULL,
	identity_source varchar(1024),
	identity_id varchar(1024),
	PRIMARY KEY (id),
	CONSTRAINT idempotency_parked_identity UNIQUE (identity_hash)
);
CREATE INDEX IF NOT EXISTS idempotency_parked_state ON idempotency_parked (state, flow, id);
CREATE INDEX IF NOT EXISTS idempotency_parked_closed ON idempotency_parked (closed_at);

-- One-time tokens and codes: never the secret, only its hash.
CREATE TABLE IF NOT EXISTS idempotency_token (
	issued_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	used_at timestamptz,
	revoked_at timestamptz,
	attempts integer NOT NULL DEFAULT 0,
	token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
	subject_hash bytea NOT NULL CHECK (octet_length(subject_hash) = 32),
	purpose varchar(100) NOT NULL,
	subject varchar(1024) NOT NULL,
	PRIMARY KEY (token_hash)
);
CREATE INDEX IF NOT EXISTS idempotency_token_subject ON idempotency_token (subject_hash);
CREATE INDEX IF NOT EXISTS idempotency_token_expires ON idempotency_token (expires_at);

CREATE TABLE IF NOT EXISTS idempotency_meta (
	name varchar(50) NOT NULL,
	setting varchar(255) NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO idempotency_meta (name, setting) VALUES ('schema-version', '1') ON CONFLICT DO NOTHING;
