// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

import java.time.Duration;
import java.util.Objects;

import dev.idempotency.effect.SigningKeys;
import org.jspecify.annotations.Nullable;

/**
 * What is configured for one flow.
 *
 * @param semantics the declared semantics, {@code null} if the annotation decides
 * @param owner who answers for it, may be empty
 * @param rationale why, may be empty
 * @param retention how long outcomes are remembered
 * @param waitFor longest wait for a concurrent duplicate
 * @param identity where a message's identity may come from
 * @param retry what happens to failing messages
 * @param inbox how repetitions are known
 * @param group how many messages share a transaction, {@code null} if each has its own
 * @param mode what it does on this node when it starts
 * @param onStoreOutage what it does while the database is away
 */
public record FlowPolicy(@Nullable Semantics semantics, String owner, String rationale, Duration retention,
		Duration waitFor, Identity identity, Retry retry, InboxMode inbox, @Nullable Group group, FlowMode mode,
		StoreOutage onStoreOutage) {

	public FlowPolicy {
		Objects.requireNonNull(retention, "retention");
		Objects.requireNonNull(waitFor, "waitFor");
		Objects.requireNonNull(identity, "identity");
		Objects.requireNonNull(retry, "retry");
		Objects.requireNonNull(inbox, "inbox");
		Objects.requireNonNull(mode, "mode");
		Objects.requireNonNull(onStoreOutage, "onStoreOutage");
	}

	/**
	 * A policy of a flow that waits for its database.
	 * @param semantics the declared semantics, {@code null} if the annotation decides
	 * @param owner who answers for it, may be empty
	 * @param rationale why, may be empty
	 * @param retention how long outcomes are remembered
	 * @param waitFor longest wait for a concurrent duplicate
	 * @param identity where a message's identity may come from
	 * @param retry what happens to failing messages
	 * @param inbox how repetitions are known
	 * @param group how many messages share a transaction, {@code null} if each has its
	 * own
	 * @param mode what it does on this node when it starts
	 */
	public FlowPolicy(@Nullable Semantics semantics, String owner, String rationale, Duration retention,
			Duration waitFor, Identity identity, Retry retry, InboxMode inbox, @Nullable Group group, FlowMode mode) {
		this(semantics, owner, rationale, retention, waitFor, identity, retry, inbox, group, mode, StoreOutage.STALL);
	}

	/**
	 * Whether calls go on while the database is away.
	 * @return {@code true} if they do
	 */
	public boolean passesThrough() {
		return this.onStoreOutage == StoreOutage.PASS_THROUGH;
	}

	/**
	 * A policy of a flow that consumes.
	 * @param semantics the declared semantics, {@code null} if the annotation decides
	 * @param owner who answers for it, may be empty
	 * @param rationale why, may be empty
	 * @param retention how long outcomes are remembered
	 * @param waitFor longest wait for a concurrent duplicate
	 * @param identity where a message's identity may come from
	 * @param retry what happens to failing messages
	 * @param inbox how repetitions are known
	 * @param group how many messages share a transaction, {@code null} if each has its
	 * own
	 */
	public FlowPolicy(@Nullable Semantics semantics, String owner, String rationale, Duration retention,
			Duration waitFor, Identity identity, Retry retry, InboxMode inbox, @Nullable Group group) {
		this(semantics, owner, rationale, retention, waitFor, identity, retry, inbox, group, FlowMode.ACTIVE);
	}

	/**
	 * A policy that leaves it to the listener how repetitions are known, and under which
	 * each message has a transaction of its own.
	 * @param semantics the declared semantics, {@code null} if the annotation decides
	 * @param owner who answers for it, may be empty
	 * @param rationale why, may be empty
	 * @param retention how long outcomes are remembered
	 * @param waitFor longest wait for a concurrent duplicate
	 * @param identity where a message's identity may come from
	 * @param retry what happens to failing messages
	 */
	public FlowPolicy(@Nullable Semantics semantics, String owner, String rationale, Duration retention,
			Duration waitFor, Identity identity, Retry retry) {
		this(semantics, owner, rationale, retention, waitFor, identity, retry, InboxMode.AUTO, null);
	}

	/**
	 * Bounds of a group of messages that share a transaction.
	 *
	 * @param maxRecords most messages in a group, at least 2
	 * @param maxTime how long a group should take at most, positive; the next ones are
	 * made smaller when one took longer
	 */
	public record Group(int maxRecords, Duration maxTime) {

		public Group {
			if (maxRecords < 2) {
				throw new IllegalArgumentException("maxRecords must be at least 2, not " + maxRecords);
			}
			if (maxTime.isNegative() || maxTime.isZero()) {
				throw new IllegalArgumentException("maxTime must be positive, not " + maxTime);
			}
		}

	}

	/**
	 * Where the identity of a message may come from, besides an expression on the
	 * annotation and CloudEvents attributes.
	 *
	 * @param header name of a header that carries the id, {@code null} for none
	 * @param positionAllowed whether topic, partition and offset may serve as identity,
	 * which recognises redeliveries but no repetition by the producer
	 * @param signedBy keys one of which must have signed the CloudEvents attributes, so
	 * that nothing else may serve as identity; {@code null} if nobody has to
	 */
	public record Identity(@Nullable String header, boolean positionAllowed, @Nullable SigningKeys signedBy) {

		/**
		 * Ids nobody has to sign.
		 * @param header name of a header that carries the id, {@code null} for none
		 * @param positionAllowed whether topic, partition and offset may serve as
		 * identity
		 */
		public Identity(@Nullable String header, boolean positionAllowed) {
			this(header, positionAllowed, null);
		}

	}

	/**
	 * What happens to a message whose business code fails. Failures of the infrastructure
	 * use up no attempt.
	 *
	 * @param maxAttempts attempts before the message is set aside, at least 1
	 * @param initialDelay pause after the first failure
	 * @param maxDelay longest pause
	 * @param deadLetter outbox destination that takes messages set aside, {@code null}
	 * for the park table
	 */
	public record Retry(int maxAttempts, Duration initialDelay, Duration maxDelay, @Nullable String deadLetter) {

		public Retry {
			if (maxAttempts < 1) {
				throw new IllegalArgumentException("maxAttempts must be at least 1, not " + maxAttempts);
			}
		}

	}

}
