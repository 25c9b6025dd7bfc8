// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.time.Duration;
import java.util.List;

import dev.idempotency.autoconfigure.OutboxRelay;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A backlog published, from the start of the relay, which has to take its lanes first,
 * until the last message was confirmed and deleted.
 */
final class DrainMeasurement implements Measurement {

	private static final Duration TIMEOUT = Duration.ofMinutes(5);

	private final Environment environment;

	private final int backlog;

	private final JdbcTemplate jdbc;

	private final OutboxRelay relay;

	private final PublishedCount published;

	DrainMeasurement(Environment environment, int backlog) {
		this.environment = environment;
		this.backlog = backlog;
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.relay = environment.bean(OutboxRelay.class);
		this.published = environment.bean(PublishedCount.class);
	}

	@Override
	public String title() {
		return "A backlog sent to Kafka";
	}

	@Override
	public String unit() {
		return "messages";
	}

	@Override
	public int operations() {
		return this.backlog;
	}

	@Override
	public List<Variant> variants() {
		return List.of(new Variant("plain producer, pipelined, deletes nothing", this::fill, this::sendPlainly),
				new Variant("outbox relay", this.relay::stop, this::relay));
	}

	private void fill() {
		this.relay.stop();
		this.jdbc.execute("truncate idempotency_outbox");
		this.jdbc.execute("truncate " + Tables.BACKLOG);
		Outbox outbox = this.environment.bean(Outbox.class);
		this.environment.bean(TransactionTemplate.class).executeWithoutResult((status) -> {
			for (Payment payment : Payment.some(this.backlog)) {
				this.jdbc.update(Tables.insert(Tables.BACKLOG), payment.id(), payment.json());
				outbox.publish(OutboxMessage.to("kafka:" + Topics.RELAYED)
					.key(payment.id())
					.contentType("application/json")
					.payload("payment", payment.json()));
			}
		});
		this.jdbc.execute("analyze " + Tables.BACKLOG);
		this.jdbc.execute("analyze idempotency_outbox");
		this.published.expect(this.backlog);
	}

	private void sendPlainly() throws Exception {
		try (PlainDrain drain = new PlainDrain(this.jdbc, this.environment.bootstrapServers())) {
			int sent = drain.run();
			if (sent != this.backlog) {
				throw new IllegalStateException(sent + " messages were sent instead of " + this.backlog);
			}
		}
	}

	private void relay() throws Exception {
		this.relay.start();
		this.published.await(TIMEOUT);
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRows("idempotency_outbox", 0);
		this.environment.expectRows(Tables.BACKLOG, this.backlog);
	}

}
