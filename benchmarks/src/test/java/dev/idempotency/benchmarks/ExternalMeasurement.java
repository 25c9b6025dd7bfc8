// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.stream.Stream;

import dev.idempotency.benchmarks.Charges.Charge;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.ApplicationContext;

/**
 * Calls of a provider on the loopback interface: what the contracts of external effects
 * add to them.
 */
final class ExternalMeasurement implements Measurement {

	private static final String SLOW = ", provider that takes 20 ms";

	private final Environment environment;

	private final int calls;

	private final int slowCalls;

	private final Charges charges;

	private final Provider provider;

	ExternalMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.calls = scale.of(500);
		this.slowCalls = scale.of(25);
		ApplicationContext application = environment.calls(WebApplicationType.SERVLET);
		this.charges = application.getBean(Charges.class);
		this.provider = application.getBean(Provider.class);
	}

	@Override
	public String title() {
		return "A call of an HTTP provider";
	}

	@Override
	public String work() {
		return this.calls + " calls by one thread, " + this.slowCalls + " of the provider that takes its time";
	}

	@Override
	public List<Figure> figures() {
		return Calls.FIGURES;
	}

	@Override
	public List<Variant> variants() {
		return Stream
			.concat(variants("", Provider.AT_ONCE, this.calls), variants(SLOW, Provider.IN_20_MS, this.slowCalls))
			.toList();
	}

	private Stream<Variant> variants(String suffix, String path, int count) {
		String bare = "bare call" + suffix;
		return Stream.of(variant(bare, path, count, this.charges::bare),
				variant("`EXTERNAL_WITH_KEY`" + suffix, path, count, this.charges::withKey).against(bare),
				variant("`EXTERNAL_AT_MOST_ONCE`" + suffix, path, count, this.charges::atMostOnce).against(bare));
	}

	private static Variant variant(String name, String path, int count, Call call) {
		return Variant.of(name,
				() -> Calls.each(Payment.some(count), (payment) -> call.make(new Charge(path, payment))));
	}

	@Override
	public void verify(int rounds) {
		int each = this.calls + this.slowCalls;
		if (this.provider.charges() != 3 * rounds * each) {
			throw new IllegalStateException(this.provider.charges() + " charges instead of " + 3 * rounds * each);
		}
		this.environment.expectRows("idempotency_claim where status = 'COMPLETED'", 2L * rounds * each);
	}

	/**
	 * One call.
	 */
	@FunctionalInterface
	private interface Call {

		void make(Charge charge);

	}

}
