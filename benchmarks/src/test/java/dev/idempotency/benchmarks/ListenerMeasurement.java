// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

/**
 * Records applied and acknowledged, from the moment a listener is let go until the broker
 * accepted its last offset.
 */
final class ListenerMeasurement implements Measurement {

	/** Until the compiler has seen the code that only one of the listeners runs. */
	private static final int WARM_UPS = 4;

	private final Environment environment;

	private final String title;

	private final int records;

	private final List<ListenerVariant> listeners;

	private final Listeners control;

	private final Feed feed;

	private final Processors processors;

	private List<Payment> payments = List.of();

	private ListenerMeasurement(Environment environment, String title, int records, List<ListenerVariant> listeners) {
		this.environment = environment;
		this.title = title;
		this.records = records;
		this.listeners = listeners;
		this.control = new Listeners(environment);
		this.feed = new Feed(environment);
		this.processors = new Processors(environment);
	}

	static Measurement records(Environment environment, Scale scale) {
		return new ListenerMeasurement(environment, "A Kafka listener that inserts one row per record", scale.of(5_000),
				ListenerVariants.RECORDS);
	}

	static Measurement batches(Environment environment, Scale scale) {
		return new ListenerMeasurement(environment,
				"A Kafka batch listener that inserts one row per record, by one statement per batch", scale.of(20_000),
				ListenerVariants.BATCHES);
	}

	@Override
	public String title() {
		return this.title;
	}

	@Override
	public String work() {
		return this.records + " records of about 500 bytes, " + WARM_UPS + " times as many rounds not counted";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.rate("records"), Figure.microseconds("processor time of the listener per record"),
				Figure.microseconds("processor time of the database per record"));
	}

	@Override
	public List<Variant> variants() {
		return this.listeners.stream().map(this::variant).toList();
	}

	private Variant variant(ListenerVariant listener) {
		return listener
			.variant(() -> this.processors.during(listener.id(), this.records,
					() -> this.control.drain(listener.id(), listener.topic(), this.feed.end(listener.topic()))))
			.after(() -> {
				this.control.pause();
				if (listener.repeats()) {
					this.feed.send(listener.topic(), this.payments);
				}
			});
	}

	@Override
	public int fixed() {
		return (int) this.listeners.stream().filter(ListenerVariant::repeats).count();
	}

	@Override
	public int warmUps(int asked) {
		return WARM_UPS * asked;
	}

	@Override
	public void prepare() {
		this.control.pause();
		this.payments = Payment.some(this.records);
		this.listeners.stream()
			.filter((listener) -> !listener.repeats())
			.map(ListenerVariant::topic)
			.distinct()
			.forEach((topic) -> this.feed.send(topic, this.payments));
	}

	@Override
	public void verify(int rounds) {
		this.listeners.stream()
			.map(ListenerVariant::id)
			.distinct()
			.forEach((id) -> this.environment.expectRows(Tables.of(id), (long) rounds * this.records));
	}

}
