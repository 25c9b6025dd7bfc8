// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

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
		this.effects = scale.of(3_000);
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
		return this.effects + " transactions by one thread; counted behind a checkpoint";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.rate("transactions"), Figure.bytes("bytes of log per transaction"));
	}

	@Override
	public List<Variant> variants() {
		String ordered = ", ids in order of time";
		return List.of(variant("nothing else", Payment::some, this::insert),
				variant(HAND_WRITTEN, Payment::some, this::checkByHand),
				variant("effect, id mode", Payment::some, this::effect).against(HAND_WRITTEN).target(0.95, 1.15),
				variant("nothing else" + ordered, Payment::inOrderOfTime, this::insert),
				variant(HAND_WRITTEN + ordered, Payment::inOrderOfTime, this::checkByHand),
				variant("effect, id mode" + ordered, Payment::inOrderOfTime, this::effect)
					.against(HAND_WRITTEN + ordered)
					.target(0.95, 1.15));
	}

	private void insert(Payment payment) {
		this.transaction.executeWithoutResult((status) -> order(payment));
	}

	private void checkByHand(Payment payment) {
		this.transaction.executeWithoutResult((status) -> {
			if (this.jdbc.update(Tables.SEEN_ONCE, "template", payment.id()) == 1) {
				order(payment);
			}
		});
	}

	private void effect(Payment payment) {
		this.template.execute("template", payment.id(), null, () -> {
			order(payment);
			return payment;
		});
	}

	private void order(Payment payment) {
		this.jdbc.update(Tables.insert(Tables.ORDERS), payment.id(), payment.json());
	}

	private Variant variant(String name, IntFunction<List<Payment>> ids, Consumer<Payment> work) {
		return Variant.of(name, () -> {
			List<Payment> payments = ids.apply(this.effects);
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
		this.environment.expectRows(Tables.ORDERS, 6L * this.effects);
	}

}
