// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

/**
 * A request was refused before anything was claimed for it.
 */
final class RequestRefusedException extends RuntimeException {

	private final ProblemType type;

	RequestRefusedException(ProblemType type, String message) {
		super(message);
		this.type = type;
	}

	ProblemType type() {
		return this.type;
	}

}
