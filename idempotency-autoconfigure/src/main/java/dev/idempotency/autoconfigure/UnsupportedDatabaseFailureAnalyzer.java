// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.jdbc.UnsupportedDatabaseException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a database this library does not know, or that does not answer.
 */
final class UnsupportedDatabaseFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedDatabaseException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedDatabaseException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Use PostgreSQL, MySQL, MariaDB or H2, and check that the database can be reached.", cause);
	}

}
