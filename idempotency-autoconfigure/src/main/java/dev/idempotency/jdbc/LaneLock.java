// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

/**
 * How the row of a lane is locked until the end of a transaction. A lane is taken over
 * only while nobody holds any of these locks; that is what makes a comparison of owner
 * and epoch a fence.
 */
enum LaneLock {

	/**
	 * Several at a time, so that the destinations of a node do not wait for each other.
	 */
	SHARED,

	/**
	 * One at a time. On PostgreSQL beside shared ones, because there a stream of them
	 * could hold up a renewal until the lease is over.
	 */
	SINGLE,

	/**
	 * The only one. Passes over what is locked: a node that stopped in the middle of a
	 * change holds up nothing but the lanes of that change.
	 */
	TAKE_OVER;

	String clause(Dialect dialect) {
		return switch (this) {
			case SHARED -> switch (dialect) {
				case POSTGRESQL -> " FOR KEY SHARE";
				case MARIADB, MYSQL -> " LOCK IN SHARE MODE";
				case H2 -> " FOR UPDATE";
			};
			case SINGLE -> (dialect == Dialect.POSTGRESQL) ? " FOR NO KEY UPDATE" : " FOR UPDATE";
			case TAKE_OVER -> " FOR UPDATE SKIP LOCKED";
		};
	}

}
