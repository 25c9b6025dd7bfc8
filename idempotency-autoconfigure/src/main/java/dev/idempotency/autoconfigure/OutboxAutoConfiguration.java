// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.idempotency.delivery.ReplaySource;
import dev.idempotency.delivery.Replays;
import dev.idempotency.flow.Backoff;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.jdbc.JdbcLaneStore;
import dev.idempotency.jdbc.JdbcParkedOutbox;
import dev.idempotency.jdbc.JdbcRelayStore;
import dev.idempotency.jdbc.JdbcTransactions;
import dev.idempotency.jdbc.OutboxLogSupport;
import dev.idempotency.jdbc.PostgresOutboxLog;
import dev.idempotency.outbox.ContextCarrier;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxStore;
import dev.idempotency.outbox.PayloadEncoder;
import dev.idempotency.outbox.TransactionalOutbox;
import dev.idempotency.relay.LaneStore;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.ParkedOutbox;
import dev.idempotency.relay.PoisonPolicy;
import dev.idempotency.relay.Relay;
import dev.idempotency.relay.RelayListener;
import dev.idempotency.relay.RelaySettings;
import dev.idempotency.relay.RelayStore;
import dev.idempotency.relay.SendObservation;
import dev.idempotency.relay.Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the outbox and its relay.
 */
@AutoConfiguration(after = { IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class })
@EnableConfigurationProperties({ OutboxProperties.class, SigningProperties.class })
public final class OutboxAutoConfiguration {

	OutboxAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	Outbox outbox(OutboxStore store, PayloadEncoder encoder, ObjectProvider<ContextCarrier> context, OutboxRelay relay,
			ObjectProvider<Transport> transports, IdempotencyProperties properties, SigningProperties signing,
			Environment environment, FlowCatalogue catalogue, Numbering numbering) {
		String source = (properties.source() != null) ? properties.source()
				: environment.getProperty("spring.application.name", "application");
		return new CataloguedOutbox(new TransactionalOutbox(store, encoder,
				context.getIfAvailable(() -> ContextCarrier.NONE), relay::committed,
				new TransactionalOutbox.Origin(source, names(transports), Clock.systemUTC(), signing.signingKeys())),
				catalogue, numbering::remark);
	}

	@Bean
	NodeName idempotencyNodeName() {
		return NodeName.ofThisProcess();
	}

	@Bean
	@ConditionalOnMissingBean(LaneStore.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcLaneStore idempotencyLaneStore(InboxDatabase database) {
		return new JdbcLaneStore(database.dataSource(), database.dialect());
	}

	@Bean
	@ConditionalOnMissingBean(RelayStore.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcRelayStore idempotencyRelayStore(InboxDatabase database, NodeName node) {
		return new JdbcRelayStore(database.dataSource(), database.dialect(), node.value());
	}

	@Bean
	@ConditionalOnMissingBean(OutboxLog.class)
	@Nullable PostgresOutboxLog idempotencyOutboxLog(InboxDatabase database, OutboxLogSupport support, NodeName node,
			OutboxProperties properties, Numbering numbering) {
		return support.available() ? new PostgresOutboxLog(database.dataSource(), node.value(),
				properties.log().retention(), numbering.partitioning()) : null;
	}

	@Bean
	Numbering idempotencyNumbering(OutboxLogSupport support, OutboxProperties properties,
			ObjectProvider<Transport> transports) {
		return Numbering.of(support, properties.log(), transports.orderedStream().toList());
	}

	@Bean
	OutboxRelay idempotencyRelay(LaneStore lanes, RelayStore store, ObjectProvider<OutboxLog> log,
			ObjectProvider<Transport> transports, ObjectProvider<SendObservation> observation,
			ObjectProvider<RelayListener> listeners, InboxDatabase database, NodeName node,
			OutboxProperties properties) {
		SendObservation observed = observation.getIfAvailable(() -> SendObservation.NONE);
		List<Transport> ordered = transports.orderedStream().map(observed::around).toList();
		Relay relay = new Relay(new Relay.Ports(lanes, store, log.getIfAvailable(), ordered),
				EffectListeners.ofRelay(listeners), settings(properties),
				new Relay.Node(node.value(), RelayThreads.named("idempotency-relay-"), Clock.systemUTC()));
		return new OutboxRelay(relay, database, node.value(), properties.relay());
	}

	@Bean
	@ConditionalOnMissingBean(ParkedOutbox.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcParkedOutbox idempotencyParkedOutbox(InboxDatabase database, OutboxRelay relay) {
		return new JdbcParkedOutbox(database.dataSource(), database.dialect(), relay::committed);
	}

	@Bean
	@ConditionalOnBean(ReplaySource.class)
	@ConditionalOnMissingBean
	Replays idempotencyReplays(ReplaySource parked, OutboxStore store, InboxDatabase database, OutboxRelay relay,
			ObjectProvider<Transport> transports) {
		return new Replays(parked, store, new JdbcTransactions(database.dataSource()), relay::committed,
				names(transports), Clock.systemUTC());
	}

	private static Set<String> names(ObjectProvider<Transport> transports) {
		return transports.stream().map(Transport::name).collect(Collectors.toSet());
	}

	static RelaySettings settings(OutboxProperties outbox) {
		OutboxProperties.Relay properties = outbox.relay();
		RelaySettings defaults = RelaySettings.defaults();
		return new RelaySettings(properties.lease(),
				new RelaySettings.Batching(properties.batchSize(), defaults.batching().maxInFlight(),
						defaults.batching().answerBound(), defaults.batching().maxDestinations()),
				new RelaySettings.Polling(properties.pollInterval(), properties.maxPollInterval(),
						defaults.polling().observe()),
				new RelaySettings.Retrying(new Backoff(properties.initialDelay(), properties.maxDelay()),
						defaults.retrying().failuresToOpen(), defaults.retrying().retryShare()),
				new RelaySettings.Poison(properties.maxAttempts(), properties.poison(), policies(properties)),
				properties.shutdownTimeout(), outbox.heartbeat().interval());
	}

	/**
	 * Spring Boot drops the colon of a key without brackets, and the policy would be
	 * nobody's.
	 */
	private static Map<String, PoisonPolicy> policies(OutboxProperties.Relay properties) {
		List<Contradiction> contradictions = properties.destinations()
			.keySet()
			.stream()
			.filter((destination) -> destination.indexOf(':') <= 0)
			.map((destination) -> new Contradiction("idempotency.outbox.relay.destinations." + destination,
					"a destination without a transport",
					"transport:address in brackets, or Spring Boot drops the colon",
					"Write idempotency.outbox.relay.destinations[kafka:orders]=park, for instance, "
							+ "and in YAML \"[kafka:orders]\": park"))
			.toList();
		if (!contradictions.isEmpty()) {
			throw new ContradictionException(contradictions);
		}
		return properties.destinations();
	}

}
