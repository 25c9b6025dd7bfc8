// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.function.Consumer;

import dev.idempotency.autoconfigure.OutboxRelay;
import dev.idempotency.outbox.Outbox;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Transactions committed, one after the other, by one thread. The relay is stopped: this
 * is what the business transaction pays.
 */
final class TransactionMeasurement implements Measurement {

	private static final String NOTE = "and one more plain insert";

	private final Environment environment;

	private final int transactions;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final Outbox outbox;

	private final OutboxRelay relay;

	private final PublishedCount published;

	private List<Payment> payments = List.of();

	TransactionMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.transactions = scale.of(5_000);
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.transaction = environment.bean(TransactionTemplate.class);
		this.outbox = environment.bean(Outbox.class);
		this.relay = environment.bean(OutboxRelay.class);
		this.published = environment.bean(PublishedCount.class);
	}

	@Override
	public String title() {
		return "A transaction that inserts one row";
	}

	@Override
	public String work() {
		return this.transactions + " transactions by one thread; the second row has about the bytes of an outbox row";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.rate("transactions"));
	}

	@Override
	public List<Variant> variants() {
		return List.of(variant("nothing else", (payment) -> {
		}), variant(NOTE, (payment) -> this.jdbc.update(Tables.INSERT_NOTE, payment.id(), payment.json())),
				variant("and one outbox message",
						(payment) -> this.outbox.publish(Backlog.message("kafka:" + Topics.RELAYED, payment)))
					.against(NOTE)
					.target(0.9));
	}

	private Variant variant(String name, Consumer<Payment> addition) {
		return Variant.timed(name, this.transactions,
				() -> this.payments.forEach((payment) -> this.transaction.executeWithoutResult((status) -> {
					this.jdbc.update(Tables.insert(Tables.ORDERS), payment.id(), payment.json());
					addition.accept(payment);
				})))
			.after(() -> this.payments = Payment.some(this.transactions));
	}

	@Override
	public void prepare() {
		this.relay.stop();
		this.jdbc.execute("truncate " + Tables.ORDERS);
		this.published.expect(this.transactions);
	}

	@Override
	public void verify(int rounds) throws Exception {
		this.environment.expectRows(Tables.ORDERS, 3L * this.transactions);
		this.relay.start();
		this.published.await(Environment.TIMEOUT);
		this.environment.expectRelayed();
	}

}
