// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.Map;

import dev.idempotency.relay.PoisonPolicy;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of the outbox and its relay.
 *
 * @param relay How messages are published.
 * @param log How messages are kept where the database allows a log.
 * @param heartbeat What consumers hear of streams that are silent.
 */
@ConfigurationProperties("idempotency.outbox")
public record OutboxProperties(@DefaultValue Relay relay, @DefaultValue Log log, @DefaultValue Heartbeat heartbeat) {

	/**
	 * What consumers hear of streams that are silent.
	 *
	 * @param interval Silence of a numbered stream after which its consumers are told the
	 * next number. Off unless set: consumers without this library see the heartbeats.
	 */
	public record Heartbeat(@Nullable Duration interval) {
	}

	/**
	 * How messages are kept where the database allows a log.
	 *
	 * @param enabled Whether new messages go to the insert-only log, on PostgreSQL.
	 * @param retention How long published messages are kept at least.
	 * @param numbering Whether messages of the log get gap-free numbers.
	 */
	public record Log(@DefaultValue("true") boolean enabled, @DefaultValue("10m") Duration retention,
			@DefaultValue("true") boolean numbering) {
	}

	/**
	 * How messages are published.
	 *
	 * @param enabled Whether this application publishes what its outbox holds.
	 * @param lease How long a node owns its lanes after it was last heard of.
	 * @param batchSize Number of messages read, sent and settled together.
	 * @param pollInterval Shortest pause between two looks at the outbox.
	 * @param maxPollInterval Longest pause between two looks at an idle outbox.
	 * @param maxAttempts Refusals by the broker before the poison policy applies.
	 * @param initialDelay Pause after the first failure.
	 * @param maxDelay Longest pause between attempts.
	 * @param poison What becomes of messages a broker keeps refusing.
	 * @param destinations Poison policies by destination, in brackets, as in
	 * destinations[kafka:orders].
	 * @param shutdownTimeout Longest wait for confirms when the application stops.
	 * @param confirmTimeout Longest wait for RabbitMQ's confirmation. Kafka's is
	 * delivery.timeout.ms of the producer, 30 s at most.
	 * @param notifyNodes Whether nodes wake each other through the database where it can
	 * notify.
	 * @param degradedAfter Age of a waiting message above which health says degraded.
	 */
	public record Relay(@DefaultValue("true") boolean enabled, @DefaultValue("10s") Duration lease,
			@DefaultValue("500") int batchSize, @DefaultValue("25ms") Duration pollInterval,
			@DefaultValue("1s") Duration maxPollInterval, @DefaultValue("5") int maxAttempts,
			@DefaultValue("200ms") Duration initialDelay, @DefaultValue("30s") Duration maxDelay,
			@DefaultValue("halt-key") PoisonPolicy poison, @DefaultValue Map<String, PoisonPolicy> destinations,
			@DefaultValue("20s") Duration shutdownTimeout, @DefaultValue("10s") Duration confirmTimeout,
			@DefaultValue("true") boolean notifyNodes, @DefaultValue("1m") Duration degradedAfter) {
	}

}
