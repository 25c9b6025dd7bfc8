// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

/**
 * The relay beside a transaction that somebody left open: the rows it deletes stay where
 * they are, because that transaction might still see them.
 */
final class OpenTransactionMeasurement implements Measurement {

	private static final String DESTINATION = "kafka:" + Topics.RELAYED;

	private static final int WAVES = 20;

	private final Environment environment;

	private final int messages;

	private final Backlog backlog;

	OpenTransactionMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.messages = Math.max(100, scale.of(50_000) / WAVES / 1_000 * 1_000);
		this.backlog = new Backlog(environment);
	}

	@Override
	public String title() {
		return "The relay beside a transaction that was left open";
	}

	@Override
	public String work() {
		return WAVES + " waves of " + this.messages + " messages, one after the other; the open transaction "
				+ "has an id and a snapshot from before the first";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.rate("messages"));
	}

	@Override
	public List<Variant> variants() {
		return List.of(Variant.of("nobody else", this::waves).after(this.environment::vacuum),
				Variant.of("a transaction left open", this::wavesBesideOpenTransaction)
					.after(this.environment::vacuum)
					.target(0.95));
	}

	private List<Double> wavesBesideOpenTransaction() throws Exception {
		try (OpenTransaction open = this.environment.openTransaction()) {
			List<Double> rate = waves();
			open.verify();
			return rate;
		}
	}

	private List<Double> waves() throws Exception {
		long nanos = 0;
		for (int wave = 0; wave < WAVES; wave++) {
			nanos += this.backlog.await(this.backlog.commit(DESTINATION, this.messages));
		}
		return List.of(Variant.perSecond((long) WAVES * this.messages, nanos));
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRelayed();
	}

}
