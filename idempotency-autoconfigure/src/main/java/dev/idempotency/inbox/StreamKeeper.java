// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.function.LongSupplier;

import dev.idempotency.effect.EffectFencedException;
import dev.idempotency.effect.Position;

/**
 * Takes streams for the consumers of this process. Whoever takes a stream fences off its
 * owner before, whose transactions do not commit any more.
 */
public interface StreamKeeper {

	/**
	 * Takes a stream if this process does not own it, in a transaction of its own.
	 * @param stream the stream
	 * @param end what {@link Progress#since()} is to be if the flow was consumed by keys
	 * before: the first offset that nobody can have applied by its key
	 * @return how far the flow has come
	 */
	Progress own(Stream stream, LongSupplier end);

	/**
	 * Accounts for a message that is not for this flow, in a transaction of its own.
	 * @param stream the stream
	 * @param place where the message is
	 * @throws EffectFencedException if the stream is not owned
	 */
	void pass(Stream stream, Position place);

	/**
	 * Notes, in a transaction of its own, what must have been sent by now.
	 * @param stream the stream
	 * @param next number of the next message
	 * @throws EffectFencedException if the stream is not owned
	 */
	void heard(Stream stream, long next);

	/**
	 * Forgets a stream that this process does not consume any more.
	 * @param stream the stream
	 */
	void forget(Stream stream);

	/**
	 * Notes that a flow is consumed by keys now. Once places decide again, they decide
	 * nothing that can have been applied meanwhile, and numbers that were not seen are no
	 * losses.
	 * @param flow the flow
	 */
	void leave(String flow);

}
