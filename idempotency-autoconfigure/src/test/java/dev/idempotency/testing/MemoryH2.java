// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * An empty H2 database in the memory of this JVM, gone on close.
 */
public final class MemoryH2 extends PooledDatabase {

	private final String name = UniqueName.of("h2");

	private MemoryH2() {
		super("sa", "");
	}

	public static MemoryH2 open() {
		return new MemoryH2();
	}

	@Override
	public String jdbcUrl() {
		return "jdbc:h2:mem:" + this.name + ";DB_CLOSE_DELAY=-1";
	}

	@Override
	void remove() {
		new JdbcTemplate(unpooled()).execute("shutdown");
	}

}
