// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.function.Consumer;

import dev.idempotency.autoconfigure.OutboxRelay;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Transactions committed, one after the other, by one thread. The relay is stopped: this
 * is what the business transaction pays.
 */
final class TransactionMeasurement implements Measurement {

	private final Environment environment;

	private final int transactions;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final Outbox outbox;

	private List<Payment> payments = List.of();

	TransactionMeasurement(Environment environment, int transactions) {
		this.environment = environment;
		this.transactions = transactions;
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.transaction = environment.bean(TransactionTemplate.class);
		this.outbox = environment.bean(Outbox.class);
	}

	@Override
	public String title() {
		return "A transaction that inserts one row";
	}

	@Override
	public String unit() {
		return "transactions";
	}

	@Override
	public int operations() {
		return this.transactions;
	}

	@Override
	public List<Variant> variants() {
		return List.of(variant("nothing else", (payment) -> {
		}), variant("and one more plain insert", (payment) -> insert(Tables.SECOND, payment)),
				variant("and one outbox message", this::publish));
	}

	private Variant variant(String name, Consumer<Payment> addition) {
		return new Variant(name, this::prepare,
				() -> this.payments.forEach((payment) -> this.transaction.executeWithoutResult((status) -> {
					insert(Tables.ORDERS, payment);
					addition.accept(payment);
				})));
	}

	private void prepare() {
		this.environment.bean(OutboxRelay.class).stop();
		this.payments = Payment.some(this.transactions);
	}

	private void insert(String table, Payment payment) {
		this.jdbc.update(Tables.insert(table), payment.id(), payment.json());
	}

	private void publish(Payment payment) {
		this.outbox.publish(OutboxMessage.to("kafka:" + Topics.RELAYED)
			.key(payment.id())
			.contentType("application/json")
			.payload("payment", payment.json()));
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRows(Tables.ORDERS, 3L * rounds * this.transactions);
		this.environment.expectRows(Tables.SECOND, (long) rounds * this.transactions);
		this.environment.expectRows("idempotency_outbox", (long) rounds * this.transactions);
	}

}
