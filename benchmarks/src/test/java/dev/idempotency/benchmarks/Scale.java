// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

/**
 * How much is measured. {@code benchmarks.scale} multiplies every size.
 *
 * @param warmUps rounds that are not reported
 * @param rounds rounds that are
 * @param factor multiplies every size
 */
record Scale(int warmUps, int rounds, double factor) {

	static Scale full() {
		return new Scale(Integer.getInteger("benchmarks.warm-ups", 1), Integer.getInteger("benchmarks.rounds", 5),
				Double.parseDouble(System.getProperty("benchmarks.scale", "1")));
	}

	static Scale smoke() {
		return new Scale(0, 1, 0.01);
	}

	int of(int size) {
		return Math.max(1, (int) Math.round(size * this.factor));
	}

}
