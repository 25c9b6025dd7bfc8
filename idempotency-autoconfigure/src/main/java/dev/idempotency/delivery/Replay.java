// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

/**
 * What became of a replay.
 */
public sealed interface Replay {

	/**
	 * The message waits in the outbox.
	 *
	 * @param flow the flow it is addressed to
	 * @param destination where it goes
	 * @param source origin in which its id is unique, the same as before
	 * @param messageId the id its effect is known by, the same as before
	 */
	record Sent(String flow, String destination, String source, String messageId) implements Replay {
	}

	/**
	 * No message of that name is set aside; perhaps somebody was faster.
	 */
	record Unknown() implements Replay {
	}

	/**
	 * The message cannot be sent and stays set aside.
	 *
	 * @param reason why
	 */
	record Refused(String reason) implements Replay {
	}

	/**
	 * What became of many.
	 *
	 * @param sent how many wait in the outbox
	 * @param refused how many cannot be sent and stay set aside
	 * @param firstReason why the first of them was refused, empty if none was
	 */
	record Summary(int sent, int refused, String firstReason) {
	}

}
