// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.util.Objects;

/**
 * Where an outgoing message goes among those that its consumers see in one order, and the
 * number it has there. Given once, when the relay opens the batch the message is in, and
 * the same on every publication.
 *
 * @param partition the part of the destination it is sent to, from 0
 * @param position the number, in the stream of a lane and a partition
 */
public record Placement(int partition, StreamPosition position) {

	public Placement {
		Objects.requireNonNull(position, "position");
		if (partition < 0) {
			throw new IllegalArgumentException("A partition is counted from 0, not " + partition);
		}
	}

	/**
	 * A place in the stream of a lane and a partition.
	 * @param lane the lane
	 * @param destination transport and address
	 * @param partition the part of the destination
	 * @param epoch names the life of the numbering
	 * @param sequence the gap-free number, from 1
	 * @return the place
	 */
	public static Placement of(int lane, String destination, int partition, String epoch, long sequence) {
		return new Placement(partition,
				new StreamPosition(lane + "/" + destination + "/" + partition, epoch, sequence));
	}

}
