// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

/**
 * How much is measured.
 *
 * @param warmUps rounds that are not reported
 * @param rounds rounds that are
 * @param records records per listener and round
 * @param transactions transactions per variant and round
 * @param backlog messages that wait when the relay starts
 */
record Scale(int warmUps, int rounds, int records, int transactions, int backlog) {

	static Scale full() {
		return new Scale(1, Integer.getInteger("benchmarks.rounds", 5), 5_000, 5_000, 20_000);
	}

	static Scale smoke() {
		return new Scale(0, 1, 50, 50, 50);
	}

}
