// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

/**
 * What is done about the tables at start-up.
 */
public enum SchemaMode {

	/** They are created or brought up to date, then checked. */
	MIGRATE,

	/** They are checked. For teams that run the shipped SQL by other means. */
	VALIDATE,

	/** Nothing. */
	NONE

}
