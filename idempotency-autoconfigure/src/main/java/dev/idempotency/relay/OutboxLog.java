// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import org.jspecify.annotations.Nullable;

/**
 * The outbox as a log, where the store can tell what became visible between two of its
 * snapshots: messages are inserted, read once and never changed. What cannot be published
 * in its place is set aside into the {@link RelayStore}. No method keeps a transaction or
 * a row lock after it returns.
 */
public interface OutboxLog {

	/**
	 * Destinations of which somebody has something to read.
	 * @return transport and address of each
	 */
	List<String> destinations();

	/**
	 * Makes the caller the only reader of the lanes it holds. Readers claimed before it
	 * for one of these lanes change nothing from now on.
	 * @param destination the destination
	 * @param leases the lanes, all those the caller holds
	 * @return the reader, nothing if a lease is no longer the caller's
	 */
	Optional<Reader> claim(String destination, List<Lease> leases);

	/**
	 * How much waits to be read, by whichever node, without a scan of the log.
	 * @param destination the destination
	 * @param cap count no further than this
	 * @return the backlog
	 */
	RelayStore.Backlog backlog(String destination, int cap);

	/**
	 * Gives back the space of what was published long ago, if that hinders nobody. Called
	 * now and then.
	 */
	void tidy();

	/**
	 * Reads the lanes of one destination. Used by one thread at a time. A call that
	 * failed may be repeated: doing a thing twice leaves what doing it once leaves.
	 */
	interface Reader {

		/**
		 * The first page that was not closed, which is the same messages in the same
		 * order whoever asks, however often: what belongs to it is durable before it is
		 * returned.
		 * @param limit how many messages at most; fewer or more may have been on the page
		 * before
		 * @return the page, without messages if nothing waits; nothing if the caller was
		 * fenced
		 */
		Optional<Page> next(int limit);

		/**
		 * The last numbers given in the streams of the caller's lanes, as far as they
		 * were when it claimed them.
		 * @return the last place of each stream, none where nothing is numbered
		 */
		default List<Head> heads() {
			return List.of();
		}

		/**
		 * Reads what follows the page that is being sent, as far as that is settled
		 * already, so that {@link #close} need not. Changes nothing; what fails here
		 * fails there.
		 * @param limit how many messages at most
		 */
		void readAhead(int limit);

		/**
		 * Closes a page, which is never read again, and reads the next.
		 * @param page the page
		 * @param aside those of its messages that go to the {@link RelayStore} instead of
		 * the broker, in the same transaction
		 * @param limit how many messages at most, 0 to read nothing
		 * @return the next page; nothing if the caller was fenced and nothing was changed
		 */
		Optional<Page> close(Page page, List<Aside> aside, int limit);

	}

	/**
	 * Messages to be published before the next ones are read.
	 *
	 * @param messages the messages, in order
	 * @param held keys whose earlier messages wait in the {@link RelayStore} or are
	 * parked: what the page has of them goes behind
	 * @param troubled whether anything of the destination waits in the {@link RelayStore}
	 * or is halted
	 * @param more whether more of the same batch follows
	 */
	record Page(List<OutboxRecord> messages, Set<String> held, boolean troubled, boolean more) {

		/** Nothing to publish. */
		public static final Page EMPTY = new Page(List.of(), Set.of(), false, false);

		public Page {
			messages = List.copyOf(messages);
			held = Set.copyOf(held);
		}

	}

	/**
	 * How far a stream has come.
	 *
	 * @param source the source of its messages
	 * @param lane its lane
	 * @param last its last place
	 */
	record Head(String source, int lane, Placement last) {
	}

	/**
	 * A message that goes to the {@link RelayStore}.
	 *
	 * @param message the message
	 * @param attempts how often it was refused
	 * @param reason what the broker said, {@code null} if it only waits behind another
	 */
	record Aside(OutboxRecord message, int attempts, @Nullable String reason) {
	}

}
