// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

/**
 * Sends without waiting.
 */
interface PlainSender extends AutoCloseable {

	void send(Payment payment) throws Exception;

	/**
	 * Waits until the broker confirmed everything that was sent.
	 */
	void confirm() throws Exception;

	/**
	 * Connects.
	 */
	@FunctionalInterface
	interface Maker {

		PlainSender make() throws Exception;

	}

}
