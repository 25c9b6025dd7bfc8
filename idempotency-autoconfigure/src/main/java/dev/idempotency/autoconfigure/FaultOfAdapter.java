// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.delivery.FailureClassifier.Fault;
import org.jspecify.annotations.Nullable;

/**
 * What a broker adapter knows about a failure.
 */
@FunctionalInterface
public interface FaultOfAdapter {

	/**
	 * Classifies a failure of the adapter's own kind.
	 * @param failure what the listener or the container threw
	 * @return who is at fault, {@code null} if the adapter cannot tell
	 */
	@Nullable Fault classify(Throwable failure);

}
