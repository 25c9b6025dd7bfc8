// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.effect.EffectListener;
import dev.idempotency.jdbc.JdbcTokenStore;
import dev.idempotency.token.HashedCodes;
import dev.idempotency.token.HashedTokens;
import dev.idempotency.token.OneTimeCodes;
import dev.idempotency.token.OneTimeTokens;
import dev.idempotency.token.TokenStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;

/**
 * Auto-configuration for one-time tokens and codes.
 */
@AutoConfiguration(after = { IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class })
@EnableConfigurationProperties({ IdempotencyProperties.class, TokenProperties.class })
public final class TokenAutoConfiguration {

	TokenAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(TokenStore.class)
	@DependsOn("idempotencySchemaInitializer")
	JdbcTokenStore idempotencyTokenStore(InboxDatabase database, IdempotencyProperties properties) {
		return new JdbcTokenStore(database.dataSource(), database.dialect(), properties.inbox().waitFor());
	}

	@Bean
	@ConditionalOnMissingBean
	OneTimeTokens oneTimeTokens(TokenStore store, ObjectProvider<EffectListener> listeners) {
		return new HashedTokens(store, EffectListeners.of(listeners));
	}

	@Bean
	@ConditionalOnMissingBean
	OneTimeCodes oneTimeCodes(TokenStore store, ObjectProvider<EffectListener> listeners, TokenProperties properties) {
		return new HashedCodes(store, EffectListeners.of(listeners), properties.codes().settings());
	}

	@Bean
	@ConditionalOnBean(JdbcTokenStore.class)
	BackgroundLoop idempotencyTokenPurge(JdbcTokenStore store, IdempotencyProperties properties,
			TokenProperties tokens) {
		IdempotencyProperties.Purge purge = properties.inbox().purge();
		return BackgroundLoop.inBatches("token-purge",
				() -> store.purge(tokens.retention(), purge.batchSize()) == purge.batchSize(), purge.interval());
	}

}
