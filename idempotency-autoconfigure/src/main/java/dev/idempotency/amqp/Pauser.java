// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waits between attempts.
 */
@FunctionalInterface
interface Pauser {

	/**
	 * Waits.
	 * @param pause how long
	 * @param goOn asked often; {@code false} ends the wait
	 * @return whether the whole pause passed; {@code false} if the wait was ended or the
	 * thread interrupted, whose flag is then set
	 */
	boolean pause(Duration pause, BooleanSupplier goOn);

}
