// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * The stores do not know the database.
 */
public final class UnsupportedDatabaseException extends RuntimeException {

	UnsupportedDatabaseException(String message) {
		super(message);
	}

	UnsupportedDatabaseException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
