// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.List;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectException;
import dev.idempotency.effect.EffectGroupException;
import dev.idempotency.effect.InvalidIdentityException;

/**
 * Applies several messages in one transaction: their claims are decided at once, before
 * the listener's method is called. Either all of them are applied or none is.
 */
public interface EffectGroup {

	/**
	 * What a message would claim. Nothing is claimed or called.
	 * @param delivery the message
	 * @return its identity, fingerprint and settings
	 * @throws InvalidIdentityException if it has no usable identity
	 */
	EffectCall call(Delivery delivery);

	/**
	 * Has each message handled by a call of its own. One that was applied before is
	 * handled too, so that whatever surrounds the method sees it, but the method's body
	 * does not run.
	 * @param deliveries the messages, at least one
	 * @param call handles one message by calling the method through its proxy
	 * @throws EffectGroupException if the group was rolled back, with the position of the
	 * message that is at fault if that is known
	 * @throws EffectException if the group cannot be decided now
	 * @throws Throwable what the commit threw
	 */
	void each(List<Delivery> deliveries, Each call) throws Throwable;

	/**
	 * Has all messages that were not applied before handled by one call, which is left
	 * out if there are none.
	 * @param deliveries the messages, at least one
	 * @param call handles messages by calling the method through its proxy
	 * @throws EffectGroupException if the group was rolled back, with the position of the
	 * message that is at fault if that is known
	 * @throws EffectException if the group cannot be decided now
	 * @throws Throwable what the commit threw
	 */
	void together(List<Delivery> deliveries, Together call) throws Throwable;

	/**
	 * Has one message handled by the method that takes many.
	 * @param delivery the message
	 * @param call handles the message by calling the method through its proxy
	 * @throws EffectException if the effect was not applied
	 * @throws Throwable what the call or the commit threw
	 */
	void alone(Delivery delivery, Together call) throws Throwable;

	/**
	 * Handles one message.
	 */
	@FunctionalInterface
	interface Each {

		/**
		 * Handles a message.
		 * @param index its position
		 * @throws Throwable what the method threw
		 */
		void handle(int index) throws Throwable;

	}

	/**
	 * Handles several messages.
	 */
	@FunctionalInterface
	interface Together {

		/**
		 * Handles messages.
		 * @param indexes their positions, in ascending order
		 * @throws Throwable what the method threw; an {@link EffectGroupException} if it
		 * names the message at fault
		 */
		void handle(List<Integer> indexes) throws Throwable;

	}

}
