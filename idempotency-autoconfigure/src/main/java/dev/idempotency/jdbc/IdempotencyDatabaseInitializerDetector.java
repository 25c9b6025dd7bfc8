// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.Set;

import org.springframework.boot.sql.init.dependency.AbstractBeansOfTypeDatabaseInitializerDetector;

/**
 * Lets beans that use the database wait for the {@link IdempotencySchemaInitializer}, and
 * that for the application's own migrations: Flyway refuses a schema in which it finds
 * tables of others before its first migration.
 */
class IdempotencyDatabaseInitializerDetector extends AbstractBeansOfTypeDatabaseInitializerDetector {

	private static final int AFTER_MIGRATIONS = 100;

	@Override
	protected Set<Class<?>> getDatabaseInitializerBeanTypes() {
		return Set.of(IdempotencySchemaInitializer.class);
	}

	@Override
	public int getOrder() {
		return AFTER_MIGRATIONS;
	}

}
