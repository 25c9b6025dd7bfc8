// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A backlog published by a running relay, from the commit that makes it visible until the
 * last message was confirmed and forgotten.
 */
final class DrainMeasurement implements Measurement {

	private static final int KEYS = 100;

	private final Environment environment;

	private final String destination;

	private final PlainSender.Maker plain;

	private final int messages;

	private final JdbcTemplate jdbc;

	private final Backlog backlog;

	private DrainMeasurement(Environment environment, String destination, PlainSender.Maker plain, int messages) {
		this.environment = environment;
		this.destination = destination;
		this.plain = plain;
		this.messages = messages;
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.backlog = new Backlog(environment);
	}

	static Measurement kafka(Environment environment, Scale scale) {
		return new DrainMeasurement(environment, "kafka:" + Topics.RELAYED,
				() -> new KafkaPlainSender(environment.bootstrapServers()), scale.of(100_000));
	}

	static Measurement rabbit(Environment environment, Scale scale) {
		return new DrainMeasurement(environment, "rabbit:" + environment.rabbit().exchange(),
				() -> new RabbitPlainSender(environment.rabbit()), scale.of(20_000));
	}

	@Override
	public String title() {
		return "A backlog sent to " + this.destination;
	}

	@Override
	public String work() {
		return this.messages + " messages of about 500 bytes, each with a key of its own unless it says otherwise";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.rate("messages"));
	}

	@Override
	public List<Variant> variants() {
		return List.of(
				Variant
					.timed("plain JDBC pages and pipelined producer, deletes nothing", this.messages, this::sendPlainly)
					.after(this::fill),
				Variant.of("outbox relay", this::relay).target(0.7),
				Variant.of("outbox relay, " + KEYS + " keys", this::relayOfFewKeys));
	}

	@Override
	public void prepare() {
		this.environment.vacuum();
	}

	private void fill() {
		this.jdbc.execute("truncate " + Tables.BACKLOG);
		Payment example = Payment.some(1).get(0);
		this.jdbc.update(
				"insert into " + Tables.BACKLOG + " (id, body) select ? || copy, ? from generate_series(1, ?) as copy",
				example.id(), example.json(), this.messages);
	}

	private void sendPlainly() throws Exception {
		try (PlainSender sender = this.plain.make()) {
			int sent = new PlainDrain(this.jdbc, sender).run();
			if (sent != this.messages) {
				throw new IllegalStateException(sent + " messages were sent instead of " + this.messages);
			}
		}
	}

	private List<Double> relay() throws Exception {
		long committed = this.backlog.commit(this.destination, this.messages);
		return List.of(Variant.perSecond(this.messages, this.backlog.await(committed)));
	}

	/**
	 * A message waits for the answer to the one before of its key.
	 */
	private List<Double> relayOfFewKeys() throws Exception {
		long committed = this.backlog.commit(this.destination, this.messages, KEYS);
		return List.of(Variant.perSecond(this.messages, this.backlog.await(committed)));
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRelayed();
	}

}
