// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import dev.idempotency.outbox.Outbox;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * How long a message takes from its commit to a consumer that waits for it.
 */
final class LatencyMeasurement implements Measurement {

	private static final int PER_SECOND = 200;

	private final Environment environment;

	private final int messages;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final Outbox outbox;

	private final KafkaTemplate<String, String> kafka;

	@SuppressWarnings("unchecked")
	LatencyMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.messages = scale.of(2_000);
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.transaction = environment.bean(TransactionTemplate.class);
		this.outbox = environment.bean(Outbox.class);
		this.kafka = environment.bean(KafkaTemplate.class);
	}

	@Override
	public String title() {
		return "From commit to consumer";
	}

	@Override
	public String work() {
		return this.messages + " transactions of one insert and one message to Kafka, " + PER_SECOND + " per second";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.milliseconds("p50"), Figure.milliseconds("p99"));
	}

	@Override
	public List<Variant> variants() {
		return List
			.of(Variant.of("sent directly after the commit", () -> measure(Topics.SENT, this::sendAfterCommit)), Variant
				.of("outbox message",
						() -> measure(Topics.RELAYED,
								(payment) -> this.outbox.publish(Backlog.message("kafka:" + Topics.RELAYED, payment))))
				.target(1.3, 1.5));
	}

	private void sendAfterCommit(Payment payment) {
		afterCommit(() -> this.kafka.send(Topics.SENT, payment.id(), payment.json()));
	}

	private List<Double> measure(String topic, Consumer<Payment> message) throws Exception {
		List<Payment> payments = Payment.some(this.messages);
		try (Arrivals arrivals = new Arrivals(this.environment.bootstrapServers(), topic)) {
			long start = System.nanoTime();
			for (int i = 0; i < payments.size(); i++) {
				awaitTime(start + i * TimeUnit.SECONDS.toNanos(1) / PER_SECOND);
				Payment payment = payments.get(i);
				this.transaction.executeWithoutResult((status) -> {
					this.jdbc.update(Tables.insert(Tables.ORDERS), payment.id(), payment.json());
					afterCommit(() -> arrivals.departed(payment.id()));
					message.accept(payment);
				});
			}
			Series latencies = arrivals.await(this.messages, Environment.TIMEOUT);
			return List.of(latencies.quantile(0.5), latencies.quantile(0.99));
		}
	}

	private static void awaitTime(long nanos) {
		for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	/**
	 * Synchronizations run in the order of their registration, so the clock starts before
	 * anything is sent.
	 */
	private static void afterCommit(Runnable task) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
			@Override
			public void afterCommit() {
				task.run();
			}
		});
	}

	@Override
	public void prepare() {
		this.jdbc.execute("truncate " + Tables.ORDERS);
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRows(Tables.ORDERS, 2L * this.messages);
	}

}
