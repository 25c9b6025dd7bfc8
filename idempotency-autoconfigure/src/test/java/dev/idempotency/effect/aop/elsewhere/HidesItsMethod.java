// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop.elsewhere;

import dev.idempotency.effect.ExactlyOnceEffect;

/**
 * Has a method that no subclass in another package can override.
 */
public class HidesItsMethod {

	@ExactlyOnceEffect(flow = "elsewhere", key = "#p0")
	void handle(String id) {
	}

}
