// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectReconciler;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.inbox.ClaimStore;
import dev.idempotency.inbox.ClaimSweeper;
import dev.idempotency.inbox.DoubtStore;
import dev.idempotency.inbox.ExternalEffects;
import dev.idempotency.inbox.ExternalPolicies;
import dev.idempotency.inbox.InDoubtDepths;
import dev.idempotency.inbox.InDoubtEffects;
import dev.idempotency.inbox.Pauses;
import dev.idempotency.inbox.Reconciliation;
import dev.idempotency.inbox.ThreadedHeartbeats;
import dev.idempotency.jdbc.ClaimPurge;
import dev.idempotency.jdbc.JdbcClaimStore;
import dev.idempotency.jdbc.JdbcDoubtStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;

/**
 * Auto-configuration for external effects.
 */
@AutoConfiguration(after = { IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class })
@EnableConfigurationProperties({ IdempotencyProperties.class, ExternalProperties.class })
public final class ExternalAutoConfiguration {

	private static final int HEARTBEAT_THREADS = 2;

	private static final Duration COUNTED_EVERY = Duration.ofSeconds(10);

	ExternalAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	ExternalPolicies externalPolicies(IdempotencyProperties properties, ExternalProperties external,
			FlowPolicies flows) {
		return new PropertyExternalPolicies(properties, external, flows);
	}

	@Bean
	@ConditionalOnMissingBean(ClaimStore.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcClaimStore idempotencyClaimStore(InboxDatabase database) {
		return new JdbcClaimStore(database.dataSource(), database.dialect());
	}

	@Bean
	@ConditionalOnMissingBean(DoubtStore.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcDoubtStore idempotencyDoubtStore(InboxDatabase database) {
		return new JdbcDoubtStore(database.dataSource(), database.dialect());
	}

	@Bean
	ThreadedHeartbeats idempotencyHeartbeats() {
		return new ThreadedHeartbeats(HEARTBEAT_THREADS);
	}

	@Bean
	ExternalEffects externalEffects(ClaimStore store, ThreadedHeartbeats heartbeats,
			ObjectProvider<EffectListener> listeners, ObjectProvider<EffectObservation> observation,
			FlowPolicies policies, StoreWatch watch) {
		NodeName node = NodeName.ofThisProcess();
		AtomicLong claims = new AtomicLong();
		return new ExternalEffects(store, () -> node.value() + "/" + claims.incrementAndGet(), heartbeats, Pauses.REAL,
				EffectListeners.of(listeners),
				new StoreSuspicion(observation.getIfAvailable(() -> EffectObservation.NONE), watch), Clock.systemUTC(),
				(flow) -> policies.of(flow).passesThrough() && watch.isPassed(flow));
	}

	@Bean
	InDoubtEffects inDoubtEffects(ClaimStore claims, DoubtStore doubts, ExternalPolicies policies,
			ObjectProvider<EffectListener> listeners) {
		return new InDoubtEffects(claims, doubts, policies, EffectListeners.of(listeners));
	}

	@Bean
	InDoubtDepths inDoubtDepths(DoubtStore doubts) {
		return new InDoubtDepths(doubts);
	}

	@Bean
	BackgroundLoop idempotencyInDoubtDepth(InDoubtDepths depths) {
		return new BackgroundLoop("in-doubt-depth", depths::count, COUNTED_EVERY);
	}

	@Bean
	BackgroundLoop idempotencyClaimSweep(ClaimStore store, ObjectProvider<EffectListener> listeners,
			ExternalProperties properties) {
		ClaimSweeper sweeper = new ClaimSweeper(store, EffectListeners.of(listeners), properties.batchSize());
		return BackgroundLoop.inBatches("claim-sweep", () -> sweeper.sweep() >= properties.batchSize(),
				properties.sweepInterval());
	}

	@Bean
	BackgroundLoop idempotencyReconciliation(ObjectProvider<EffectReconciler> reconcilers, DoubtStore doubts,
			InDoubtEffects effects, ExternalProperties properties) {
		Reconciliation reconciliation = new Reconciliation(reconcilers.orderedStream().toList(), doubts, effects,
				properties.reconcileInterval(), properties.batchSize());
		return new BackgroundLoop("reconciliation", reconciliation::reconcile,
				properties.reconcileInterval().isZero() ? properties.reconcileInterval() : properties.sweepInterval());
	}

	@Bean
	@DependsOn("idempotencySchemaInitializer")
	BackgroundLoop idempotencyClaimPurge(InboxDatabase database, IdempotencyProperties properties) {
		IdempotencyProperties.Purge settings = properties.inbox().purge();
		ClaimPurge purge = new ClaimPurge(database.dataSource(), database.dialect(), settings.batchSize());
		return BackgroundLoop.inBatches("claim-purge", purge::purge, settings.interval());
	}

}
