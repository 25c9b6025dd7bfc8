// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import org.springframework.beans.factory.InitializingBean;

/**
 * Runs the {@link SchemaMigration} when the application starts, after the application's
 * own migrations and before the beans that use the database. Deliberately no bean of type
 * {@code Flyway}: that would switch the application's migrations off.
 */
public final class IdempotencySchemaInitializer implements InitializingBean {

	private final SchemaMigration migration;

	/**
	 * Creates an initializer.
	 * @param migration what to run
	 */
	public IdempotencySchemaInitializer(SchemaMigration migration) {
		this.migration = migration;
	}

	@Override
	public void afterPropertiesSet() {
		this.migration.run();
	}

}
