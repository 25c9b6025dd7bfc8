// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Calls made one after the other by one thread.
 */
final class Calls {

	static final List<Figure> FIGURES = List.of(Figure.rate("calls"), Figure.milliseconds("p50"));

	private Calls() {
	}

	/**
	 * Makes a call for each payment.
	 * @return values for the {@link #FIGURES}
	 */
	static List<Double> each(List<Payment> payments, Call call) throws Exception {
		List<Double> took = new ArrayList<>(payments.size());
		long start = System.nanoTime();
		long last = start;
		for (Payment payment : payments) {
			call.make(payment);
			long now = System.nanoTime();
			took.add((now - last) / (double) TimeUnit.MILLISECONDS.toNanos(1));
			last = now;
		}
		return List.of(Variant.perSecond(payments.size(), last - start), new Series(took).median());
	}

	/**
	 * One call.
	 */
	@FunctionalInterface
	interface Call {

		void make(Payment payment) throws Exception;

	}

}
