// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A decision about an effect or a delivered message. Every indicator is derived from
 * these events alone.
 */
public sealed interface EffectEvent {

	/**
	 * The flow it happened in.
	 * @return the flow name
	 */
	String flow();

	/**
	 * A claim was won; the outcome is still open.
	 *
	 * @param flow the flow
	 * @param key the identity
	 * @param waited time spent on the claim
	 */
	record Claimed(String flow, EffectKey key, Duration waited) implements EffectEvent {
	}

	/**
	 * The effect committed.
	 *
	 * @param flow the flow
	 * @param key the identity
	 * @param outcome how it ended
	 * @param took time from the call to the commit
	 */
	record Completed(String flow, EffectKey key, Outcome outcome, Duration took) implements EffectEvent {
	}

	/**
	 * The effect was rolled back and left nothing behind.
	 *
	 * @param flow the flow
	 * @param key the identity
	 */
	record RolledBack(String flow, EffectKey key) implements EffectEvent {
	}

	/**
	 * The commit failed without an answer: the row's presence after reconnecting is the
	 * truth, so nothing is decided here.
	 *
	 * @param flow the flow
	 * @param key the identity
	 */
	record CommitUnknown(String flow, EffectKey key) implements EffectEvent {
	}

	/**
	 * A repetition was suppressed against a committed outcome.
	 *
	 * @param flow the flow
	 * @param key the identity
	 * @param outcome how the effect had ended
	 */
	record Duplicate(String flow, EffectKey key, Outcome outcome) implements EffectEvent {
	}

	/**
	 * The same id came with other content and was refused.
	 *
	 * @param flow the flow
	 * @param key the identity
	 */
	record Collision(String flow, EffectKey key) implements EffectEvent {
	}

	/**
	 * A concurrent duplicate was refused after the bounded wait.
	 *
	 * @param flow the flow
	 * @param key the identity
	 * @param waited time spent waiting
	 */
	record InProgress(String flow, EffectKey key, Duration waited) implements EffectEvent {
	}

	/**
	 * A message or call was refused before any claim, for want of a usable identity.
	 *
	 * @param flow the flow
	 * @param reason what was wrong
	 */
	record Refused(String flow, String reason) implements EffectEvent {
	}

	/**
	 * An attempt failed and the message will be tried again.
	 *
	 * @param flow the flow
	 * @param infrastructure whether the database or broker was at fault, which uses up no
	 * attempt
	 * @param attempts attempts used up so far
	 * @param cause what failed
	 */
	record Retried(String flow, boolean infrastructure, int attempts, Throwable cause) implements EffectEvent {
	}

	/**
	 * A message was set aside durably, not lost and not applied.
	 *
	 * @param flow the flow
	 * @param reason why
	 * @param attempts attempts used up
	 * @param cause what failed, if anything did
	 */
	record Parked(String flow, String reason, int attempts, @Nullable Throwable cause) implements EffectEvent {
	}

	/**
	 * A message reached the listener of a flow.
	 *
	 * @param flow the flow
	 * @param redelivered whether the broker says that it may have been delivered before
	 */
	record Delivered(String flow, boolean redelivered) implements EffectEvent {
	}

	/**
	 * A message addressed to another flow was passed over.
	 *
	 * @param flow the flow that passed it over
	 */
	record Filtered(String flow) implements EffectEvent {
	}

	/**
	 * Messages of a stream were passed over and did not come for longer than a message
	 * may be late.
	 *
	 * @param flow the flow that misses them
	 * @param stream the stream
	 * @param count how many
	 */
	record Missing(String flow, String stream, long count) implements EffectEvent {
	}

	/**
	 * Something was decided about a one-time token or code.
	 *
	 * @param flow what the token is good for, its purpose
	 * @param decision what was decided
	 */
	record Token(String flow, Decision decision) implements EffectEvent {

		/**
		 * What was decided.
		 */
		public enum Decision {

			/** Issued, and the transaction committed. */
			ISSUED,

			/** Burnt, and the transaction committed. */
			CONSUMED,

			/** Presented after it was burnt. */
			REUSED,

			/** Presented after its time. */
			EXPIRED,

			/** Presented after it was revoked. */
			REVOKED,

			/** Presented for another subject. */
			OTHER_SUBJECT,

			/** Never issued for this purpose, or forgotten. */
			UNKNOWN,

			/** A wrong guess at a code. */
			WRONG,

			/** A guess at a code that has no attempts left. */
			EXHAUSTED

		}
	}

	/**
	 * An external effect got into doubt: it was begun, nobody knows whether it happened,
	 * and it is not run again by itself.
	 *
	 * @param flow the flow
	 * @param key the identity
	 */
	record InDoubt(String flow, EffectKey key) implements EffectEvent {
	}

	/**
	 * An external effect may be run by the next call: it surely did not happen, or its
	 * provider recognises the repetition.
	 *
	 * @param flow the flow
	 * @param key the identity
	 */
	record Retryable(String flow, EffectKey key) implements EffectEvent {
	}

	/**
	 * The body of an external effect ended after its claim had been taken over, and its
	 * end did not count.
	 *
	 * @param flow the flow
	 * @param key the identity
	 */
	record StaleCompletion(String flow, EffectKey key) implements EffectEvent {
	}

	/**
	 * An external effect left doubt.
	 *
	 * @param flow the flow
	 * @param key the identity
	 * @param how what was decided
	 * @param by who decided
	 */
	record Resolved(String flow, EffectKey key, Resolution how, String by) implements EffectEvent {
	}

	/**
	 * A transaction around a finished external effect, which was allowed there, rolled
	 * back. The effect stays finished: nothing can undo it.
	 *
	 * @param flow the flow
	 * @param key the identity
	 */
	record OutlivedRollback(String flow, EffectKey key) implements EffectEvent {
	}

	/**
	 * The listener of a flow without effects returned normally.
	 *
	 * @param flow the flow
	 * @param repeated whether this node knows that it had handled the message before;
	 * others and earlier lives of the node may have, so this counts "at least"
	 */
	record Handled(String flow, boolean repeated) implements EffectEvent {
	}

	/**
	 * Messages that were acknowledged before they were handled were not handled to the
	 * end, and will not come again.
	 *
	 * @param flow the flow
	 * @param how what is known of them
	 * @param count how many
	 */
	record Lost(String flow, Loss how, long count) implements EffectEvent {
	}

	/**
	 * An external effect ran while the store was away: nothing but its provider's memory
	 * of the key keeps it from repeating.
	 *
	 * @param flow the flow
	 * @param key the identity
	 */
	record Unprotected(String flow, EffectKey key) implements EffectEvent {
	}

	/**
	 * A message was looked at in shadow mode, and nothing was done with it.
	 *
	 * @param flow the flow
	 * @param verdict what an active consumer would have found
	 */
	record Shadowed(String flow, Verdict verdict) implements EffectEvent {

		/**
		 * What an active consumer would have found.
		 */
		public enum Verdict {

			/** A message that was not applied before. */
			FRESH,

			/** A repetition. */
			DUPLICATE,

			/** The same id with other content. */
			COLLISION,

			/**
			 * No usable identity, a signature that does not hold, or unreadable content.
			 */
			REFUSED

		}

	}

	/**
	 * An operator changed what a flow does on this node.
	 *
	 * @param flow the flow
	 * @param mode what it does from now on
	 * @param by who changed it
	 */
	record ModeChanged(String flow, String mode, String by) implements EffectEvent {
	}

	/**
	 * What is known of a loss.
	 */
	enum Loss {

		/** The listener failed, so its effect happened in part at most. */
		FAILED,

		/**
		 * Acknowledged, and nobody saw the end: the process ended, or its consumer was
		 * expelled, while it had the message. The effect may have happened.
		 */
		UNFINISHED,

		/**
		 * The broker did not answer to the acknowledgement, so the listener was not
		 * called. The message comes again unless the broker had taken it.
		 */
		UNANSWERED

	}

}
