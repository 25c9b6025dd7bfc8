// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import java.util.Map;

import dev.idempotency.actuate.IdempotencyHealthIndicator;
import dev.idempotency.autoconfigure.InboxDatabase;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.autoconfigure.OutboxProperties;
import dev.idempotency.autoconfigure.OutboxRelay;
import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.inbox.InDoubtDepths;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the health of effects and outbox.
 */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("idempotency")
public final class IdempotencyHealthAutoConfiguration {

	IdempotencyHealthAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(name = "idempotencyHealthIndicator")
	IdempotencyHealthIndicator idempotencyHealthIndicator(InboxDatabase database, OutboxRelay relay,
			OutboxProperties properties, StoreWatch store, ObjectProvider<InDoubtDepths> inDoubt) {
		return new IdempotencyHealthIndicator(database.dataSource(), relay::status, properties.relay().degradedAfter(),
				store, () -> inDoubt.stream().findFirst().map(InDoubtDepths::last).orElse(Map.of()));
	}

}
