// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

import dev.idempotency.autoconfigure.OutboxRelay;
import dev.idempotency.outbox.Outbox;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The database log that a message leaves over its whole life, against the insert of a row
 * of the same bytes.
 */
final class LogMeasurement implements Measurement {

	private final Environment environment;

	private final int messages;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final OutboxRelay relay;

	private final PublishedCount published;

	private final Log log;

	LogMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.messages = scale.of(5_000);
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.transaction = environment.bean(TransactionTemplate.class);
		this.relay = environment.bean(OutboxRelay.class);
		this.published = environment.bean(PublishedCount.class);
		this.log = new Log(this.jdbc);
	}

	@Override
	public String title() {
		return "Database log over a message's life";
	}

	@Override
	public String work() {
		return this.messages + " transactions of one message each; counted behind a checkpoint, "
				+ "until everything was sent, forgotten and vacuumed; no business row";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.bytes("bytes of log per message"));
	}

	@Override
	public List<Variant> variants() {
		return List.of(
				Variant.of("bare insert of a row of about the same bytes, relay stopped", this::notes)
					.after(this.relay::stop),
				Variant.of("outbox message, relayed", this::live).after(this.relay::start).target(1.15));
	}

	private List<Double> notes() throws Exception {
		List<Payment> payments = Payment.some(this.messages);
		return this.log.bytes(this.messages, () -> payments.forEach((payment) -> this.transaction
			.executeWithoutResult((status) -> this.jdbc.update(Tables.INSERT_NOTE, payment.id(), payment.json()))));
	}

	private List<Double> live() throws Exception {
		Outbox outbox = this.environment.bean(Outbox.class);
		List<Payment> payments = Payment.some(this.messages);
		this.published.expect(this.messages);
		return this.log.bytes(this.messages, () -> {
			payments.forEach((payment) -> this.transaction
				.executeWithoutResult((status) -> outbox.publish(Backlog.message("kafka:" + Topics.RELAYED, payment))));
			this.published.await(Environment.TIMEOUT);
			this.environment.expectRelayed();
			this.jdbc.execute("vacuum idempotency_outbox, idempotency_outbox_cursor");
		});
	}

	@Override
	public void prepare() {
		this.environment.vacuum();
	}

	@Override
	public void verify(int rounds) {
		this.relay.start();
	}

}
