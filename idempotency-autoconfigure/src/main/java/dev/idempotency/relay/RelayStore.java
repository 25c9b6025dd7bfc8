// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.idempotency.outbox.OutboxRecord;

/**
 * What waits in the outbox. No method keeps a transaction or a row lock after it returns,
 * so that none is open while a broker is talked to. What changes something is fenced: it
 * changes nothing, and says so, if one of the leases is no longer the caller's. After a
 * failure that leaves open whether something was changed, the relay calls again: doing a
 * thing twice must leave what doing it once leaves, and answer {@code true}; only a
 * refusal may be counted twice.
 */
public interface RelayStore {

	/**
	 * Destinations for which messages wait.
	 * @return transport and address of each
	 */
	List<String> destinations();

	/**
	 * Reads the next messages of a destination, in the order in which they must be sent.
	 * What was read and neither settled nor parked is read again, first and in the same
	 * order; a message that became visible late is read when it is visible.
	 * @param destination the destination
	 * @param leases the lanes to read
	 * @param limit how many messages at most
	 * @return the batch, empty if nothing waits
	 */
	Batch read(String destination, Collection<Lease> leases, int limit);

	/**
	 * Settles messages the broker has confirmed: they are never read again.
	 * @param batch the batch they came with
	 * @param confirmed their positions
	 * @return {@code false} if the caller was fenced and nothing was settled
	 */
	boolean settle(Batch batch, Collection<Long> confirmed);

	/**
	 * Counts a refusal against a message.
	 * @param lease the lane
	 * @param message the message
	 * @param reason what the broker said
	 * @return {@code false} if the caller was fenced
	 */
	boolean refused(Lease lease, OutboxRecord message, String reason);

	/**
	 * Sets a message aside, durably and in full.
	 * @param lease the lane
	 * @param message the message
	 * @param reason why
	 * @param haltKey whether later messages of the same key and destination must wait
	 * behind it
	 * @return {@code false} if the caller was fenced
	 */
	boolean park(Lease lease, OutboxRecord message, String reason, boolean haltKey);

	/**
	 * Sets messages aside behind the halted keys they belong to, all at once. The
	 * messages of a key that somebody resumed meanwhile stay where they are: what was
	 * parked of it is waiting again in front of them.
	 * @param batch the batch they came with
	 * @param messages the messages, each with a key
	 * @param reason why
	 * @return those whose key is still halted, which are set aside now; nothing if the
	 * caller was fenced
	 */
	Optional<List<OutboxRecord>> parkBehind(Batch batch, List<OutboxRecord> messages, String reason);

	/**
	 * Keys whose messages must wait behind a parked one. Asked before each {@link #read},
	 * so that what is read of a key just resumed is sent only if everything that was
	 * parked of it is waiting again.
	 * @param destination the destination
	 * @return the keys
	 */
	Set<String> haltedKeys(String destination);

	/**
	 * How much waits, without a scan of the table.
	 * @param destination the destination
	 * @param cap count no further than this
	 * @return the backlog
	 */
	Backlog backlog(String destination, int cap);

	/**
	 * Messages read together.
	 *
	 * @param destination where they go
	 * @param leases the leases they were read under
	 * @param messages the messages, in order
	 */
	record Batch(String destination, List<Lease> leases, List<OutboxRecord> messages) {

		public Batch {
			leases = List.copyOf(leases);
			messages = List.copyOf(messages);
		}

	}

	/**
	 * What waits for a destination.
	 *
	 * @param depth number of messages, at most the cap
	 * @param oldest age of the oldest, zero if nothing waits
	 */
	record Backlog(long depth, Duration oldest) {

		/**
		 * Both backlogs as one.
		 * @param other what else waits
		 * @param cap count no further than this
		 * @return their sum, the age of the older
		 */
		Backlog and(Backlog other, int cap) {
			return new Backlog(Math.min(this.depth + other.depth, cap),
					(this.oldest.compareTo(other.oldest) > 0) ? this.oldest : other.oldest);
		}

	}

}
