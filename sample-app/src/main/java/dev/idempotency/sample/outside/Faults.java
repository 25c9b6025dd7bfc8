// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is to go wrong next.
 */
final class Faults {

	private final AtomicInteger silentCharges = new AtomicInteger();

	private final AtomicInteger droppedMails = new AtomicInteger();

	/**
	 * The next charges are made and never answered.
	 */
	void silenceCharges(int count) {
		this.silentCharges.addAndGet(count);
	}

	/**
	 * The next mails are accepted and the connection is cut before the server says so.
	 */
	void dropMails(int count) {
		this.droppedMails.addAndGet(count);
	}

	boolean silencesCharge() {
		return takeOne(this.silentCharges);
	}

	boolean dropsMail() {
		return takeOne(this.droppedMails);
	}

	private static boolean takeOne(AtomicInteger left) {
		return left.getAndUpdate((count) -> Math.max(0, count - 1)) > 0;
	}

}
