// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.util.Objects;

/**
 * Where an outgoing message goes among those that its consumers see in one order, and the
 * number it has there. Given once, when the relay opens the batch the message is in, and
 * the same on every publication.
 *
 * @param partition the part of the destination it is sent to, from 0; below 0 where the
 * routing key decides who sees a message
 * @param position the number, in the stream of a lane and a partition or a routing key
 */
public record Placement(int partition, StreamPosition position) {

	public Placement {
		Objects.requireNonNull(position, "position");
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
		return new Placement(partition, new StreamPosition(stream(lane, destination, partition), epoch, sequence));
	}

	/**
	 * Name of the stream of a lane and a partition.
	 * @param lane the lane
	 * @param destination transport and address
	 * @param partition the part of the destination
	 * @return the name, one of its source
	 */
	public static String stream(int lane, String destination, int partition) {
		return lane + "/" + destination + "/" + partition;
	}

	/**
	 * A place in the stream of a lane and a routing key. The stream has the key in its
	 * name, so that it is the same one whatever number the key was given.
	 * @param lane the lane
	 * @param destination transport and address
	 * @param number the number of the routing key, from 0
	 * @param routingKey the routing key
	 * @param epoch names the life of the numbering
	 * @param sequence the gap-free number, from 1
	 * @return the place
	 */
	public static Placement ofRoute(int lane, String destination, int number, String routingKey, String epoch,
			long sequence) {
		String unambiguous = destination.replace("%", "%25").replace("/", "%2F");
		return new Placement(-1 - number,
				new StreamPosition(lane + "/" + unambiguous + "/" + routingKey, epoch, sequence));
	}

	/**
	 * Whether the routing key, and not a partition, decides who sees the message.
	 * @return {@code true} if the stream is that of a routing key
	 */
	public boolean isRoute() {
		return this.partition < 0;
	}

}
