// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.fault;

import org.jspecify.annotations.Nullable;

/**
 * A fault could not be injected. Nothing is lost by that.
 */
class FaultException extends RuntimeException {

	FaultException(String message) {
		this(message, null);
	}

	FaultException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
