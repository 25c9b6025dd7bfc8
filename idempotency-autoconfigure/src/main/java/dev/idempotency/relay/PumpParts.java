// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * What all pumps share.
 *
 * @param store what waits
 * @param log what waits where there is a log
 * @param lanes the lanes held here
 * @param transports ways to the brokers
 * @param settings bounds
 * @param listener hears every decision
 * @param timing the time
 * @param shutdown whether the relay is stopping
 * @param hurry asks for an early round of the lane keeper
 * @param threads runs what pumps have done beside them
 */
record PumpParts(RelayStore store, @Nullable OutboxLog log, LaneTable lanes, Transports transports,
		RelaySettings settings, RelayListener listener, Timing timing, Shutdown shutdown, Runnable hurry,
		Executor threads) {

	void giveBack(Iterable<Lease> leases) {
		if (this.lanes.giveBack(leases)) {
			this.hurry.run();
		}
	}

}
