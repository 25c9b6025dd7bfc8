// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Inbox;
import dev.idempotency.inbox.ResultStore;
import dev.idempotency.jdbc.JdbcRelayStore;
import dev.idempotency.jdbc.PostgresOutboxLog;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.RelayStore;
import dev.idempotency.relay.SendResult;
import dev.idempotency.relay.Transport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.listener.RecordInterceptor;

/**
 * Each bean takes one guard away.
 */
@Configuration(proxyBeanMethods = false)
class Mutations {

	@Bean
	@ConditionalOnProperty(name = "mutant", havingValue = "NO_INBOX")
	Inbox forgetfulInbox() {
		return (call) -> new Claim.Held() {

			@Override
			public void reject() {
			}

			@Override
			public boolean holds() {
				return true;
			}

		};
	}

	/**
	 * A result is kept beside its row in the inbox, and there is none.
	 */
	@Bean
	@ConditionalOnProperty(name = "mutant", havingValue = "NO_INBOX")
	ResultStore forgetfulResults() {
		return new ResultStore() {

			@Override
			public void store(EffectKey key, StoredResult result) {
			}

			@Override
			public @Nullable StoredResult find(EffectKey key) {
				return null;
			}

		};
	}

	@Bean
	@ConditionalOnProperty(name = "mutant", havingValue = "ACKNOWLEDGE_FIRST")
	RecordInterceptor<Object, Object> acknowledgeFirst() {
		return (ConsumerRecord<Object, Object> record, Consumer<Object, Object> consumer) -> {
			consumer.commitSync(Map.of(new TopicPartition(record.topic(), record.partition()),
					new OffsetAndMetadata(record.offset() + 1)));
			return record;
		};
	}

	@Bean
	@ConditionalOnProperty(name = "mutant", havingValue = "NEW_ID_PER_SEND")
	static BeanPostProcessor newIdPerSend() {
		return new BeanPostProcessor() {
			@Override
			public Object postProcessAfterInitialization(Object bean, String beanName) {
				return (bean instanceof Transport transport) ? new NewIdPerSend(transport) : bean;
			}
		};
	}

	@Bean
	@ConditionalOnProperty(name = "mutant", havingValue = "NO_FENCE")
	static BeanPostProcessor noFence(org.springframework.beans.factory.ObjectProvider<DataSource> dataSource) {
		return new BeanPostProcessor() {
			@Override
			public Object postProcessAfterInitialization(Object bean, String beanName) {
				if (bean instanceof PostgresOutboxLog log) {
					return new UnfencedLog(log, dataSource::getObject);
				}
				return (bean instanceof JdbcRelayStore store) ? UnfencedStore.of(store, dataSource::getObject) : bean;
			}
		};
	}

	/**
	 * Names a message anew each time it is sent.
	 *
	 * @param transport sends
	 */
	record NewIdPerSend(Transport transport) implements Transport {

		@Override
		public String name() {
			return this.transport.name();
		}

		@Override
		public CompletionStage<SendResult> send(OutboxRecord message) {
			return this.transport
				.send(new OutboxRecord(message.position(), message.lane(), UUID.randomUUID().toString(),
						message.destination(), message.route(), message.key(), message.type(), message.source(),
						message.time(), message.headers(), message.contentType(), message.body(), message.attempts()));
		}

	}

}
