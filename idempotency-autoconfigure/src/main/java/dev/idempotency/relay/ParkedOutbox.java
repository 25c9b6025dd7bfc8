// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

/**
 * What the relay set aside, and how operators bring it back.
 */
public interface ParkedOutbox {

	/**
	 * The messages set aside last.
	 * @param limit how many at most
	 * @return the newest first
	 */
	List<Entry> newest(int limit);

	/**
	 * The keys whose messages wait behind a parked one.
	 * @param limit how many at most
	 * @return the keys, those halted last first
	 */
	List<HaltedKey> haltedKeys(int limit);

	/**
	 * How many messages are set aside per destination.
	 * @param cap count no further than this
	 * @return counts by destination
	 */
	Map<String, Long> counts(int cap);

	/**
	 * Lets a halted key go on. Everything parked of it waits again, in its old place and
	 * with all its attempts, in front of whatever came later.
	 * @param destination the destination
	 * @param key the key
	 * @return how many messages wait again; nothing if the key is not halted
	 */
	OptionalInt resume(String destination, String key);

	/**
	 * Puts one message back, in its old place and with all its attempts. Messages of its
	 * key that were not held up may be at the broker already.
	 * @param id names the message
	 * @return what became of it
	 */
	Resend resend(String id);

	/**
	 * Gives one message up. Those behind it wait until their key is resumed.
	 * @param id names the message
	 * @return what was given up, nothing if there is none of that name
	 */
	Optional<Entry> discard(String id);

	/**
	 * What became of a message to be sent again.
	 */
	enum Resend {

		/** It waits again. */
		WAITING,

		/** There is none of that name. */
		UNKNOWN,

		/** Its key is halted: alone it would overtake others, resume the key. */
		KEY_HALTED

	}

	/**
	 * A message set aside, without its payload.
	 *
	 * @param id names it for the operators
	 * @param messageId its id on the wire
	 * @param destination transport and address
	 * @param key what order is kept by, if anything
	 * @param reason what the broker said, or that it waits behind another
	 * @param parkedAt when it was set aside
	 */
	record Entry(String id, String messageId, String destination, @Nullable String key, String reason,
			Instant parkedAt) {
	}

	/**
	 * A key whose messages wait.
	 *
	 * @param destination transport and address
	 * @param key the key
	 * @param haltedAt since when
	 */
	record HaltedKey(String destination, String key, Instant haltedAt) {
	}

}
