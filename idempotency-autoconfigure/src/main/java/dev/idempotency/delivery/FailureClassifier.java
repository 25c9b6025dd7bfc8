// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

/**
 * Tells what is at fault.
 */
@FunctionalInterface
public interface FailureClassifier {

	/**
	 * Classifies a failure of a listener.
	 * @param failure what the listener or the container threw
	 * @return who is at fault
	 */
	Fault classify(Throwable failure);

	/**
	 * Who is at fault.
	 */
	enum Fault {

		/** Database or broker: repeat until it is back; uses up no attempt. */
		INFRASTRUCTURE,

		/** Business code: repeat a bounded number of times. */
		BUSINESS,

		/** The id was used for other content: repeating cannot help. */
		COLLISION,

		/** There is no usable identity: repeating cannot help. */
		NO_IDENTITY,

		/**
		 * It is not known whether the effect happened: repeating is refused until that is
		 * decided.
		 */
		IN_DOUBT,

		/** The message cannot be read: repeating cannot help. */
		UNREADABLE

	}

}
