// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Keeps in a native image the getters by which {@link TransactionManagers} tells whose
 * {@code DataSource} a transaction is on.
 */
final class TransactionRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		getter(hints, classLoader, "org.springframework.orm.jpa.JpaTransactionManager", "getDataSource");
		getter(hints, classLoader, "org.springframework.jdbc.datasource.DelegatingDataSource", "getTargetDataSource");
	}

	private static void getter(RuntimeHints hints, @Nullable ClassLoader classLoader, String type, String name) {
		hints.reflection()
			.registerTypeIfPresent(classLoader, type,
					(builder) -> builder.withMethod(name, List.of(), ExecutableMode.INVOKE));
	}

}
