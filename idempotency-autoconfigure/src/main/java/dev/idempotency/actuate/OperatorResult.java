// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.actuate;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What became of an operation.
 *
 * @param result how it ended
 * @param messages how many messages are on their way
 * @param detail for people
 */
record OperatorResult(Result result, int messages, String detail) implements OperationResponseBody {

	static OperatorResult done(int messages, String detail) {
		return new OperatorResult(Result.DONE, messages, detail);
	}

	static OperatorResult unknown(String detail) {
		return new OperatorResult(Result.UNKNOWN, 0, detail);
	}

	static OperatorResult invalid(String detail) {
		return new OperatorResult(Result.INVALID, 0, detail);
	}

	static OperatorResult refused(int messages, String detail) {
		return new OperatorResult(Result.REFUSED, messages, detail);
	}

	/**
	 * How it ended, and the HTTP status that says so.
	 */
	enum Result {

		/** Done. */
		DONE(200),

		/** It cannot be understood; nothing was done. */
		INVALID(400),

		/** There is nothing of that name. */
		UNKNOWN(404),

		/** It cannot be done, at least not to all. */
		REFUSED(409);

		private final int status;

		Result(int status) {
			this.status = status;
		}

		int status() {
			return this.status;
		}

	}

}
