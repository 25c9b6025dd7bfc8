// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

/**
 * Remembers beyond the life of the process which messages were acknowledged first and
 * have begun, where the broker does not.
 */
public interface Trail {

	/** Remembers nothing. */
	Trail NONE = new Trail() {

		@Override
		public long begin(String flow, int messages) {
			return 0;
		}

		@Override
		public void end(long number) {
		}

	};

	/**
	 * Notes messages that are about to be acknowledged. Never keeps them from being
	 * handled: what cannot be noted goes on without a trail.
	 * @param flow the flow
	 * @param messages how many
	 * @return names the note, 0 if there is none
	 */
	long begin(String flow, int messages);

	/**
	 * Notes that somebody saw the end of them.
	 * @param number what {@link #begin} returned
	 */
	void end(long number);

}
