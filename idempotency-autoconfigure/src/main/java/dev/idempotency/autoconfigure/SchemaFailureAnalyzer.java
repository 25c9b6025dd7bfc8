// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.jdbc.SchemaException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains tables that are missing, incomplete or newer than this library.
 */
final class SchemaFailureAnalyzer extends AbstractFailureAnalyzer<SchemaException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SchemaException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Set idempotency.schema.mode=migrate, or apply the SQL shipped in classpath:dev/idempotency/schema "
						+ "to schema '" + cause.schema() + "'. If the tables are newer, use the version of the library "
						+ "that made them.",
				cause);
	}

}
