-- SPDX-License-Identifier: Apache-2.0
-- Copyright the idempotency project authors

-- MariaDB and MySQL. Every time is UTC.

-- What happened: one row per effect, written by the effect's own transaction.
CREATE TABLE IF NOT EXISTS idempotency_inbox (
	completed_at datetime(6) NOT NULL,
	expires_at datetime(6) NOT NULL,
	key_hash binary(32) NOT NULL,
	flow varchar(100) NOT NULL,
	outcome varchar(10) NOT NULL,
	fingerprint binary(32),
	stream_hash binary(32),
	stream_number bigint,
	PRIMARY KEY (key_hash),
	KEY idempotency_inbox_expires (expires_at),
	KEY idempotency_inbox_stream (stream_hash, stream_number)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- What effects returned that return something. Goes with its row above.
CREATE TABLE IF NOT EXISTS idempotency_result (
	expires_at datetime(6) NOT NULL,
	key_hash binary(32) NOT NULL,
	codec varchar(20) NOT NULL,
	body longblob,
	PRIMARY KEY (key_hash)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- External effects: one row per effect, committed before its body runs. What may have happened keeps its row until somebody
-- decides. The ids are there for whoever decides, and gone once the effect is finished. due_at says when somebody has to look
-- at it: at the end of the lease, of the provider's window or of the retention, or to ask a reconciler.
CREATE TABLE IF NOT EXISTS idempotency_claim (
	claimed_at datetime(6) NOT NULL,
	changed_at datetime(6) NOT NULL,
	due_at datetime(6) NOT NULL,
	window_until datetime(6),
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
	result longblob,
	PRIMARY KEY (key_hash),
	KEY idempotency_claim_due (status, due_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- How far each flow has come in each stream.
CREATE TABLE IF NOT EXISTS idempotency_position (
	owner bigint NOT NULL,
	position bigint NOT NULL,
	since bigint NOT NULL,
	touched_at datetime(6) NOT NULL,
	epoch integer NOT NULL,
	key_hash binary(32) NOT NULL,
	flow varchar(100) NOT NULL,
	stream varchar(2000) NOT NULL,
	PRIMARY KEY (key_hash)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Numbers of a stream that were not applied: missing, set aside, or older than its first contact.
CREATE TABLE IF NOT EXISTS idempotency_hole (
	first_number bigint NOT NULL,
	last_number bigint NOT NULL,
	noticed_at datetime(6) NOT NULL,
	key_hash binary(32) NOT NULL,
	state varchar(10) NOT NULL,
	PRIMARY KEY (key_hash, first_number),
	KEY idempotency_hole_state (state, noticed_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- What waits to be sent. Its second index gives the relay every lane's oldest messages.
CREATE TABLE IF NOT EXISTS idempotency_outbox (
	id bigint NOT NULL AUTO_INCREMENT,
	created_at datetime(6) NOT NULL,
	attempts integer NOT NULL DEFAULT 0,
	lane smallint NOT NULL,
	destination varchar(255) NOT NULL,
	message_id varchar(1024) NOT NULL,
	route varchar(255),
	msg_key varchar(1024),
	type varchar(255) NOT NULL,
	source varchar(1024) NOT NULL,
	content_type varchar(255) NOT NULL,
	headers mediumtext NOT NULL,
	body longblob NOT NULL,
	stream_epoch varchar(100),
	stream_partition integer,
	stream_number bigint,
	last_error varchar(2000),
	PRIMARY KEY (id),
	KEY idempotency_outbox_destination (destination, lane, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Messages the broker refused, and those that wait behind one.
CREATE TABLE IF NOT EXISTS idempotency_outbox_parked (
	id bigint NOT NULL,
	created_at datetime(6) NOT NULL,
	parked_at datetime(6) NOT NULL,
	attempts integer NOT NULL,
	lane smallint NOT NULL,
	destination varchar(255) NOT NULL,
	message_id varchar(1024) NOT NULL,
	route varchar(255),
	msg_key varchar(1024),
	type varchar(255) NOT NULL,
	source varchar(1024) NOT NULL,
	content_type varchar(255) NOT NULL,
	headers mediumtext NOT NULL,
	body longblob NOT NULL,
	stream_epoch varchar(100),
	stream_partition integer,
	stream_number bigint,
	reason varchar(2000) NOT NULL,
	PRIMARY KEY (id),
	KEY idempotency_outbox_parked_destination (destination, lane, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Keys whose messages wait behind a parked one.
CREATE TABLE IF NOT EXISTS idempotency_halted_key (
	destination varchar(255) NOT NULL,
	key_hash binary(32) NOT NULL,
	msg_key varchar(1024) NOT NULL,
	halted_at datetime(6) NOT NULL,
	PRIMARY KEY (destination, key_hash)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who relays which lane.
CREATE TABLE IF NOT EXISTS idempotency_lane (
	epoch bigint NOT NULL,
	lease_until datetime(6),
	lane smallint NOT NULL,
	owner varchar(255),
	PRIMARY KEY (lane)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
INSERT IGNORE INTO idempotency_lane (lane, epoch) VALUES
	(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0),
	(12, 0), (13, 0), (14, 0), (15, 0), (16, 0), (17, 0), (18, 0), (19, 0), (20, 0), (21, 0), (22, 0),
	(23, 0), (24, 0), (25, 0), (26, 0), (27, 0), (28, 0), (29, 0), (30, 0), (31, 0), (32, 0), (33, 0),
	(34, 0), (35, 0), (36, 0), (37, 0), (38, 0), (39, 0), (40, 0), (41, 0), (42, 0), (43, 0), (44, 0),
	(45, 0), (46, 0), (47, 0), (48, 0), (49, 0), (50, 0), (51, 0), (52, 0), (53, 0), (54, 0), (55, 0),
	(56, 0), (57, 0), (58, 0), (59, 0), (60, 0), (61, 0), (62, 0), (63, 0);

-- Which nodes are alive.
CREATE TABLE IF NOT EXISTS idempotency_node (
	id varchar(255) NOT NULL,
	seen_at datetime(6) NOT NULL,
	PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Failed attempts at incoming messages.
CREATE TABLE IF NOT EXISTS idempotency_attempt (
	first_at datetime(6) NOT NULL,
	last_at datetime(6) NOT NULL,
	attempts integer NOT NULL,
	key_hash binary(32) NOT NULL,
	flow varchar(100) NOT NULL,
	last_error varchar(2000) NOT NULL,
	PRIMARY KEY (key_hash),
	KEY idempotency_attempt_last (last_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Messages that were acknowledged first and have begun, by the process that has them. Its row 0 says when it was last alive;
-- what a dead process leaves behind did not come to an end.
CREATE TABLE IF NOT EXISTS idempotency_begun (
	seen_at datetime(6) NOT NULL,
	number bigint NOT NULL,
	messages integer NOT NULL,
	owner varchar(100) NOT NULL,
	flow varchar(100) NOT NULL,
	PRIMARY KEY (owner, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Incoming messages set aside: not lost, not applied.
CREATE TABLE IF NOT EXISTS idempotency_parked (
	id bigint NOT NULL AUTO_INCREMENT,
	parked_at datetime(6) NOT NULL,
	closed_at datetime(6),
	attempts integer NOT NULL,
	state varchar(10) NOT NULL,
	identity_hash binary(32) NOT NULL,
	flow varchar(100) NOT NULL,
	reason varchar(30) NOT NULL,
	transport varchar(50) NOT NULL,
	channel varchar(255) NOT NULL,
	source_position varchar(1024) NOT NULL,
	msg_key mediumtext,
	headers mediumtext NOT NULL,
	body longblob NOT NULL,
	cause varchar(2000) NOT NULL,
	identity_source varchar(1024),
	identity_id varchar(1024),
	PRIMARY KEY (id),
	UNIQUE KEY idempotency_parked_identity (identity_hash),
	KEY idempotency_parked_state (state, flow, id),
	KEY idempotency_parked_closed (closed_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- One-time tokens and codes: never the secret, only its hash.
CREATE TABLE IF NOT EXISTS idempotency_token (
	issued_at datetime(6) NOT NULL,
	expires_at datetime(6) NOT NULL,
	used_at datetime(6),
	revoked_at datetime(6),
	attempts integer NOT NULL DEFAULT 0,
	token_hash binary(32) NOT NULL,
	subject_hash binary(32) NOT NULL,
	purpose varchar(100) NOT NULL,
	subject varchar(1024) NOT NULL,
	PRIMARY KEY (token_hash),
	KEY idempotency_token_subject (subject_hash),
	KEY idempotency_token_expires (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS idempotency_meta (
	name varchar(50) NOT NULL,
	setting varchar(255) NOT NULL,
	PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
INSERT IGNORE INTO idempotency_meta (name, setting) VALUES ('schema-version', '1');
