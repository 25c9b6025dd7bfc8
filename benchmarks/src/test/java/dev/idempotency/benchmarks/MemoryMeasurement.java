// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.EffectTemplate;

import org.springframework.boot.WebApplicationType;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Repetitions found in the memory of finished effects, or in the database.
 */
final class MemoryMeasurement implements Measurement {

	static final String FLOW = "remembered";

	private static final String DATABASE = "repetition, found in the database";

	/** The memory answers too fast to be timed once. */
	private static final int LOOKS = 50;

	private final Environment environment;

	private final int effects;

	private final EffectTemplate remembering;

	private final EffectTemplate asking;

	private final JdbcTemplate jdbc;

	private List<Payment> payments = List.of();

	MemoryMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.effects = scale.of(2_000);
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.remembering = environment.bean(EffectTemplate.class);
		this.asking = environment.calls(WebApplicationType.NONE, "idempotency.inbox.cache-size=0")
			.getBean(EffectTemplate.class);
	}

	@Override
	public String title() {
		return "A repeated effect";
	}

	@Override
	public String work() {
		return this.effects + " effects of one insert by one thread, then their repetitions, " + LOOKS
				+ " times from memory";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.rate("calls"));
	}

	@Override
	public List<Variant> variants() {
		return List.of(Variant.timed("effect", this.effects, () -> callAll(this.remembering, true)),
				Variant.timed(DATABASE, this.effects, () -> callAll(this.asking, false)),
				Variant.timed("repetition, found in memory", this.effects * LOOKS, () -> {
					for (int i = 0; i < LOOKS; i++) {
						callAll(this.remembering, false);
					}
				}).against(DATABASE));
	}

	private void callAll(EffectTemplate template, boolean applied) {
		for (Payment payment : this.payments) {
			EffectResult<Integer> result = template.execute(FLOW, payment.id(), payment.json(),
					() -> this.jdbc.update(Tables.insert(Tables.of(FLOW)), payment.id(), payment.json()));
			if (result instanceof EffectResult.Applied != applied) {
				throw new IllegalStateException(payment.id() + ": " + result);
			}
		}
	}

	/**
	 * Only what happened repeats itself.
	 */
	@Override
	public int fixed() {
		return 2;
	}

	@Override
	public void prepare() {
		this.payments = Payment.some(this.effects);
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRows(Tables.of(FLOW), (long) rounds * this.effects);
	}

}
