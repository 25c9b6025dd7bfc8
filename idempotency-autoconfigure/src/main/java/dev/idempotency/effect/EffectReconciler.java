// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * Finds out what became of external effects in doubt, usually by asking the provider.
 * Declared as a bean; asked in the background, again after a while if it cannot tell. One
 * per flow.
 */
public interface EffectReconciler {

	/**
	 * The flow it knows about.
	 * @return the flow name
	 */
	String flow();

	/**
	 * Finds out. Must not have the effect. Can be asked on several nodes and again.
	 * @param effect the effect in doubt
	 * @return what is known for certain
	 * @throws Exception anything; the effect then stays in doubt
	 */
	Answer reconcile(InDoubtEffect effect) throws Exception;

	/**
	 * What a reconciler knows.
	 */
	enum Answer {

		/** It happened. The effect counts as completed, without a result. */
		HAPPENED,

		/** It did not and cannot any more. The next call runs it. */
		DID_NOT_HAPPEN,

		/** Nobody can tell yet. It stays in doubt. */
		UNKNOWN

	}

}
