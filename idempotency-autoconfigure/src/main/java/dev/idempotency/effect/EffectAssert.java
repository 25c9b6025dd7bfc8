// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * Lets business code and its tests notice that a proxy was bypassed, by a self-invocation
 * for instance.
 */
public final class EffectAssert {

	private EffectAssert() {
	}

	/**
	 * Fails unless the calling thread is inside an effect of the given flow.
	 * @param flow the flow
	 * @throws UnprotectedEffectException if it is not
	 */
	public static void assertInsideEffect(String flow) {
		CurrentEffect effect = CurrentEffect.get();
		if (effect == null || !effect.isOf(flow)) {
			throw new UnprotectedEffectException("Not inside effect '" + flow + "' but "
					+ ((effect != null) ? "inside " + effect : "outside of any effect")
					+ "; call the annotated method through its Spring bean, or use EffectTemplate");
		}
	}

}
