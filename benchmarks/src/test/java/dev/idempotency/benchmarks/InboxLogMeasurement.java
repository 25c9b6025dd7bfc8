// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.function.Consumer;

import dev.idempotency.effect.EffectTemplate;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a remembered id adds to a transaction: rate and database log.
 */
final class InboxLogMeasurement implements Measurement {

	private static final String HAND_WRITTEN = "and a hand-written `insert … on conflict`";

	private final Environment environment;

	private final int effects;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final EffectTemplate template;

	private final Log log;

	InboxLogMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.effects = scale.of(5_000);
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.transaction = environment.bean(TransactionTemplate.class);
		this.template = environment.bean(EffectTemplate.class);
		this.log = new Log(this.jdbc);
	}

	@Override
	public String title() {
		return "What a remembered id adds to a transaction of one insert";
	}

	@Override
	public String work() {
		return this.effects + " transactions by one thread, random ids; counted behind a checkpoint";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.rate("transactions"), Figure.bytes("bytes of log per transaction"));
	}

	@Override
	public List<Variant> variants() {
		return List.of(variant("nothing else", (payment) -> insert(payment)),
				variant(HAND_WRITTEN, (payment) -> this.transaction.executeWithoutResult((status) -> {
					this.jdbc.update(Tables.SEEN_ONCE, "template", payment.id());
					this.jdbc.update(Tables.insert(Tables.ORDERS), payment.id(), payment.json());
				})),
				variant("effect, id mode", (payment) -> this.template.execute("template", payment.id(), null, () -> {
					this.jdbc.update(Tables.insert(Tables.ORDERS), payment.id(), payment.json());
					return payment;
				})).against(HAND_WRITTEN).target(0.95, 1.15));
	}

	private void insert(Payment payment) {
		this.transaction.executeWithoutResult(
				(status) -> this.jdbc.update(Tables.insert(Tables.ORDERS), payment.id(), payment.json()));
	}

	private Variant variant(String name, Consumer<Payment> work) {
		return Variant.of(name, () -> {
			List<Payment> payments = Payment.some(this.effects);
			long[] nanos = new long[1];
			List<Double> bytes = this.log.bytes(this.effects, () -> {
				long start = System.nanoTime();
				payments.forEach(work);
				nanos[0] = System.nanoTime() - start;
			});
			return List.of(Variant.perSecond(this.effects, nanos[0]), bytes.get(0));
		});
	}

	@Override
	public void prepare() {
		this.jdbc.execute("truncate " + Tables.ORDERS);
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRows(Tables.ORDERS, 3L * this.effects);
	}

}
