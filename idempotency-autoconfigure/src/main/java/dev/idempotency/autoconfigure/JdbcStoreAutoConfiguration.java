// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;

import dev.idempotency.delivery.Attempts;
import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.delivery.ParkingLot;
import dev.idempotency.delivery.ReplaySource;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.Fingerprinter;
import dev.idempotency.inbox.Inbox;
import dev.idempotency.inbox.InboxView;
import dev.idempotency.inbox.LossWatch;
import dev.idempotency.inbox.MissingMessages;
import dev.idempotency.inbox.ResultStore;
import dev.idempotency.inbox.StreamKeeper;
import dev.idempotency.jdbc.CommitRide;
import dev.idempotency.jdbc.IdempotencySchemaInitializer;
import dev.idempotency.jdbc.InboxPurge;
import dev.idempotency.jdbc.JdbcAttempts;
import dev.idempotency.jdbc.JdbcInbox;
import dev.idempotency.jdbc.JdbcInboxView;
import dev.idempotency.jdbc.JdbcMissingMessages;
import dev.idempotency.jdbc.JdbcOutboxStore;
import dev.idempotency.jdbc.JdbcParkingLot;
import dev.idempotency.jdbc.JdbcResults;
import dev.idempotency.jdbc.JdbcStreams;
import dev.idempotency.jdbc.OutboxLogSupport;
import dev.idempotency.jdbc.PositionInbox;
import dev.idempotency.jdbc.SchemaMigration;
import dev.idempotency.jdbc.StreamFold;
import dev.idempotency.outbox.OutboxStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * Auto-configuration for the tables: inbox, outbox, attempts, messages set aside, and
 * their purge.
 */
@AutoConfiguration(before = IdempotencyAutoConfiguration.class)
@EnableConfigurationProperties({ IdempotencyProperties.class, OutboxProperties.class })
public final class JdbcStoreAutoConfiguration {

	private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

	private static final Duration SETTLING = Duration.ofSeconds(5);

	JdbcStoreAutoConfiguration() {
	}

	@Bean
	IdempotencySchemaInitializer idempotencySchemaInitializer(InboxDatabase database,
			IdempotencyProperties properties) {
		return new IdempotencySchemaInitializer(
				new SchemaMigration(database.dataSource(), database.dialect(), properties.schema().mode()));
	}

	@Bean
	@ConditionalOnMissingBean(StreamKeeper.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcStreams idempotencyStreams(InboxDatabase database) {
		return new JdbcStreams(database.dataSource(), database.dialect());
	}

	@Bean
	CommitRide idempotencyCommitRide(InboxDatabase database) {
		return new CommitRide(database.dataSource());
	}

	@Bean
	@ConditionalOnMissingBean(Inbox.class)
	@DependsOn("idempotencySchemaInitializer")
	PositionInbox idempotencyInbox(InboxDatabase database, JdbcStreams streams, CommitRide ride,
			ObjectProvider<DataSourceTransactionManager> managers) {
		managers.stream().filter(JdbcStoreAutoConfiguration::commitsByConnection).forEach((it) -> it.addListener(ride));
		return new PositionInbox(new JdbcInbox(database.dataSource(), database.dialect()), streams, ride,
				database.dataSource(), database.dialect());
	}

	@Bean
	@ConditionalOnMissingBean(InboxView.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcInboxView idempotencyInboxView(InboxDatabase database) {
		return new JdbcInboxView(database.dataSource(), database.dialect());
	}

	@Bean
	@ConditionalOnMissingBean(ResultStore.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcResults idempotencyResults(InboxDatabase database) {
		return new JdbcResults(database.dataSource(), database.dialect());
	}

	/**
	 * Not what extends these: it may do something between the last listener and the
	 * commit.
	 */
	private static boolean commitsByConnection(DataSourceTransactionManager manager) {
		return manager.getClass() == JdbcTransactionManager.class
				|| manager.getClass() == DataSourceTransactionManager.class;
	}

	@Bean
	@ConditionalOnMissingBean(OutboxStore.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcOutboxStore idempotencyOutboxStore(InboxDatabase database, OutboxLogSupport log, OutboxProperties properties) {
		return new JdbcOutboxStore(database.dataSource(), database.dialect(),
				log.available() && properties.log().enabled());
	}

	@Bean
	@DependsOn("idempotencySchemaInitializer")
	OutboxLogSupport idempotencyOutboxLogSupport(InboxDatabase database) {
		return OutboxLogSupport.of(database.dataSource(), database.dialect());
	}

	@Bean
	@ConditionalOnMissingBean(Attempts.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcAttempts idempotencyAttempts(InboxDatabase database) {
		return new JdbcAttempts(database.dataSource(), database.dialect());
	}

	@Bean
	@ConditionalOnMissingBean({ ParkingLot.class, ParkedMessages.class, ReplaySource.class })
	@DependsOn("idempotencySchemaInitializer")
	JdbcParkingLot idempotencyParkingLot(InboxDatabase database, JdbcStreams streams) {
		return new JdbcParkingLot(database.dataSource(), database.dialect(), streams);
	}

	@Bean
	@ConditionalOnMissingBean(MissingMessages.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcMissingMessages idempotencyMissingMessages(InboxDatabase database) {
		return new JdbcMissingMessages(database.dataSource(), database.dialect());
	}

	@Bean
	BackgroundLoop idempotencyLossWatch(MissingMessages missing, ObjectProvider<EffectListener> listeners,
			IdempotencyProperties properties) {
		LossWatch watch = new LossWatch(missing, EffectListeners.of(listeners), properties.inbox().missingAfter());
		return new BackgroundLoop("loss-watch", watch::look, LOOK_EVERY);
	}

	@Bean
	@DependsOn("idempotencySchemaInitializer")
	BackgroundLoop idempotencyPurge(InboxDatabase database, IdempotencyProperties properties) {
		IdempotencyProperties.Inbox inbox = properties.inbox();
		Duration keep = inbox.retention();
		InboxPurge purge = new InboxPurge(database.dataSource(), database.dialect(), inbox.purge().batchSize());
		return BackgroundLoop.inBatches("purge", () -> purge.purge(keep, keep).more(), inbox.purge().interval());
	}

	/**
	 * H2 has nothing to fold.
	 */
	@Bean
	@DependsOn("idempotencySchemaInitializer")
	BackgroundLoop idempotencyFold(InboxDatabase database, JdbcStreams streams, IdempotencyProperties properties) {
		IdempotencyProperties.Fold settings = properties.inbox().fold();
		StreamFold fold = new StreamFold(database.dataSource(), database.dialect(), settings.batchSize(), SETTLING);
		return BackgroundLoop.inBatches("fold", fold::fold, streams.folds() ? settings.interval() : Duration.ZERO);
	}

}
