// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import java.time.Duration;

/**
 * Takes the shop's database away for a while.
 */
@FunctionalInterface
public interface DatabaseSwitch {

	/**
	 * Returns when the database is back.
	 * @param time how long it is away
	 */
	void off(Duration time);

}
