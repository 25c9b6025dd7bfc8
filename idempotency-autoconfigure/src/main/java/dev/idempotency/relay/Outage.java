// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures of something the relay cannot do without and therefore tries again: logged
 * when they begin and when they end, not in between.
 */
final class Outage {

	static final Logger LOGGER = LoggerFactory.getLogger(Relay.class);

	private final String what;

	private int failures;

	Outage(String what) {
		this.what = what;
	}

	/**
	 * Notes a failure.
	 * @param cause what happened
	 * @return how many there were in a row
	 */
	int failed(Throwable cause) {
		this.failures++;
		if (this.failures == 1) {
			LOGGER.warn("{} failed; it is tried again until it succeeds", this.what, cause);
		}
		else {
			LOGGER.debug("{} failed {} times in a row", this.what, this.failures, cause);
		}
		return this.failures;
	}

	void over() {
		if (this.failures > 0) {
			LOGGER.info("{} works again after {} failures", this.what, this.failures);
			this.failures = 0;
		}
	}

}
