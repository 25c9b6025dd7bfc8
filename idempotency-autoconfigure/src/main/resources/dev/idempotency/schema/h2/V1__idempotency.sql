-- SPDX-License-Identifier: Apache-2.0
-- Copyright the idempotency project authors

-- What happened: one row per effect, written by the effect's own transaction.
CREATE TABLE IF NOT EXISTS idempotency_inbox (
	completed_at timestamp(6) with time zone NOT NULL,
	expires_at timestamp(6) with time zone NOT NULL,
	key_hash binary(32) NOT NULL,
	flow varchar(100) NOT NULL,
	outcome varchar(10) NOT NULL,
	fingerprint binary(32),
	stream_hash binary(32),
	stream_number bigint,
	PRIMARY KEY (key_hash)
);
CREATE INDEX IF NOT EXISTS idempotency_inbox_expires ON idempotency_inbox (expires_at);

-- What effects returned that return something. Goes with its row above.
CREATE TABLE IF NOT EXISTS idempotency_result (
	expires_at timestamp(6) with time zone NOT NULL,
	key_hash binary(32) NOT NULL,
	codec varchar(20) NOT NULL,
	body binary large object,
	PRIMARY KEY (key_hash)
);
-- External effects: one row per effect, committed before its body runs. What may have happened keeps its row until somebody
-- decides. The ids are there for whoever decides, and gone once the effect is finished. due_at says when somebody has to look
-- at it: at the end of the lease, of the provider's window or of the retention, or to ask a reconciler.
CREATE TABLE IF NOT EXISTS idempotency_claim (
	claimed_at timestamp(6) with time zone NOT NULL,
	changed_at timestamp(6) with time zone NOT NULL,
	due_at timestamp(6) with time zone NOT NULL,
	window_until timestamp(6) with time zone,
	fence bigint NOT NULL,
	attempts integer NOT NULL,
	reached boolean NOT NULL,
	key_hash binary(32) NOT NULL,
	status varchar(20) NOT NULL,
	contract varchar(40) NOT NULL,
	flow varchar(100) NOT NULL,
	owner varchar(100) NOT NULL,
	provider_key varchar(255),
	effect_source varchar(1024),
	effect_id varchar(1024),
	reason varchar(2000),
	codec varchar(20),
	fingerprint binary(32),
	result binary large object,
	PRIMARY KEY (key_hash)
);
CREATE INDEX IF NOT EXISTS idempotency_claim_due ON idempotency_claim (status, due_at);

-- How far each flow has come in each stream.
CREATE TABLE IF NOT EXISTS idempotency_position (
	owner bigint NOT NULL,
	position bigint NOT NULL,
	since bigint NOT NULL,
	touched_at timestamp(6) with time zone NOT NULL,
	epoch integer NOT NULL,
	key_hash binary(32) NOT NULL,
	flow varchar(100) NOT NULL,
	stream varchar(2000) NOT NULL,
	PRIMARY KEY (key_hash)
);

-- Numbers of a stream that were not applied: missing, set aside, or older than its first contact.
CREATE TABLE IF NOT EXISTS idempotency_hole (
	first_number bigint NOT NULL,
	last_number bigint NOT NULL,
	noticed_at timestamp(6) with time zone NOT NULL,
	key_hash binary(32) NOT NULL,
	state varchar(10) NOT NULL,
	PRIMARY KEY (key_hash, first_number)
);
CREATE INDEX IF NOT EXISTS idempotency_hole_state ON idempotency_hole (state, noticed_at);

-- What waits to be sent. Its second index gives the relay every lane's oldest messages.
CREATE TABLE IF NOT EXISTS idempotency_outbox (
	id bigint GENERATED ALWAYS AS IDENTITY,
	created_at timestamp(6) with time zone NOT NULL,
	attempts integer NOT NULL DEFAULT 0,
	lane smallint NOT NULL,
	destination varchar(255) NOT NULL,
	message_id varchar(1024) NOT NULL,
	route varchar(255),
	msg_key varchar(1024),
	type varchar(255) NOT NULL,
	source varchar(1024) NOT NULL,
	content_type varchar(255) NOT NULL,
	headers character varying NOT NULL,
	body binary large object NOT NULL,
	stream_epoch varchar(100),
	stream_partition integer,
	stream_number bigint,
	last_error varchar(2000),
	PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS idempotency_outbox_destination ON idempotency_outbox (destination, lane, id);

-- Messages the broker refused, and those that wait behind one.
CREATE TABLE IF NOT EXISTS idempotency_outbox_parked (
	id bigint NOT NULL,
	created_at timestamp(6) with time zone NOT NULL,
	parked_at timestamp(6) with time zone NOT NULL,
	attempts integer NOT NULL,
	lane smallint NOT NULL,
	destination varchar(255) NOT NULL,
	message_id varchar(1024) NOT NULL,
	route varchar(255),
	msg_key varchar(1024),
	type varchar(255) NOT NULL,
	source varchar(1024) NOT NULL,
	content_type varchar(255) NOT NULL,
	headers character varying NOT NULL,
	body binary large object NOT NULL,
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
	key_hash binary(32) NOT NULL,
	msg_key varchar(1024) NOT NULL,
	halted_at timestamp(6) with time zone NOT NULL,
	PRIMARY KEY (destination, key_hash)
);

-- Who relays which lane.
CREATE TABLE IF NOT EXISTS idempotency_lane (
	epoch bigint NOT NULL,
	lease_until timestamp(6) with time zone,
	lane smallint NOT NULL,
	owner varchar(255),
	PRIMARY KEY (lane)
);
INSERT INTO idempotency_lane (lane, epoch)
	SELECT n, 0 FROM system_range(0, 63) AS r (n) WHERE n NOT IN (SELECT lane FROM idempotency_lane);

-- Which nodes are alive.
CREATE TABLE IF NOT EXISTS idempotency_node (
	id varchar(255) NOT NULL,
	seen_at timestamp(6) with time zone NOT NULL,
	PRIMARY KEY (id)
);

-- Failed attempts at incoming messages.
CREATE TABLE IF NOT EXISTS idempotency_attempt (
	first_at timestamp(6) with time zone NOT NULL,
	last_at timestamp(6) with time zone NOT NULL,
	attempts integer NOT NULL,
	key_hash binary(32) NOT NULL,
	flow varchar(100) NOT NULL,
	last_error varchar(2000) NOT NULL,
	PRIMARY KEY (key_hash)
);
CREATE INDEX IF NOT EXISTS idempotency_attempt_last ON idempotency_attempt (last_at);

-- Messages that were acknowledged first and have begun, by the process that has them. Its row 0 says when it was last alive;
-- what a dead process leaves behind did not come to an end.
CREATE TABLE IF NOT EXISTS idempotency_begun (
	seen_at timestamp(6) with time zone NOT NULL,
	number bigint NOT NULL,
	messages integer NOT NULL,
	owner varchar(100) NOT NULL,
	flow varchar(100) NOT NULL,
	PRIMARY KEY (owner, number)
);

-- Incoming messages set aside: not lost, not applied.
CREATE TABLE IF NOT EXISTS idempotency_parked (
	id bigint GENERATED ALWAYS AS IDENTITY,
	parked_at timestamp(6) with time zone NOT NULL,
	closed_at timestamp(6) with time zone,
	attempts integer NOT NULL,
	state varchar(10) NOT NULL,
	identity_hash binary(32) NOT NULL,
	flow varchar(100) NOT NULL,
	reason varchar(30) NOT NULL,
	transport varchar(50) NOT NULL,
	channel varchar(255) NOT NULL,
	source_position varchar(1024) NOT NULL,
	msg_key character varying,
	headers character varying NOT NULL,
	body binary large object NOT NULL,
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
	issued_at timestamp(6) with time zone NOT NULL,
	expires_at timestamp(6) with time zone NOT NULL,
	used_at timestamp(6) with time zone,
	revoked_at timestamp(6) with time zone,
	attempts integer NOT NULL DEFAULT 0,
	token_hash binary(32) NOT NULL,
	subject_hash binary(32) NOT NULL,
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
INSERT INTO idempotency_meta (name, setting)
	SELECT 'schema-version', '1' WHERE NOT EXISTS (SELECT 1 FROM idempotency_meta WHERE name = 'schema-version');
