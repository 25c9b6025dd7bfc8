// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a server a test needs is not there: a failure where everything must
 * be proved (continuous integration), a skipped test or a smaller substitute on a
 * developer's machine.
 *
 * @param continuousIntegration whether a missing server is a failure
 */
record MissingServer(boolean continuousIntegration) {

	private static final Logger logger = LoggerFactory.getLogger(MissingServer.class);

	static MissingServer policy() {
		return new MissingServer(TestSettings.continuousIntegration());
	}

	/**
	 * Reports that a substitute takes the server's place.
	 * @throws IllegalStateException in continuous integration
	 */
	void substituted(String server, String substitute, Exception cause) {
		failInContinuousIntegration(server, cause);
		logger.warn("{} ({}). Falling back to {}.", server, cause.getMessage(), substitute);
	}

	/**
	 * Skips the running test.
	 * @return never
	 * @throws IllegalStateException in continuous integration
	 */
	RuntimeException skipped(String server, Exception cause) {
		failInContinuousIntegration(server, cause);
		return Assumptions.abort(server + " (" + cause.getMessage() + "). Test skipped.");
	}

	private void failInContinuousIntegration(String server, Exception cause) {
		if (this.continuousIntegration) {
			throw new IllegalStateException(server + ", and CI=true allows no substitute", cause);
		}
	}

}
