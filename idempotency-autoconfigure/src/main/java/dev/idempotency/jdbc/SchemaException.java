// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The tables are not what this version of the library needs.
 */
public final class SchemaException extends RuntimeException {

	private final String schema;

	private final List<String> missing;

	SchemaException(String message, String schema, List<String> missing, @Nullable Throwable cause) {
		super(message, cause);
		this.schema = schema;
		this.missing = List.copyOf(missing);
	}

	/**
	 * Where the tables were looked for.
	 * @return name of the schema or database
	 */
	public String schema() {
		return this.schema;
	}

	/**
	 * What is missing.
	 * @return tables, {@code table.column}, or rows; empty if something else is wrong
	 */
	public List<String> missing() {
		return this.missing;
	}

}
