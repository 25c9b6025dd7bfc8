// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.InboxMode;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.SignedIds;
import dev.idempotency.flow.StoreOutage;
import dev.idempotency.flow.Verification;
import dev.idempotency.jdbc.SchemaMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of effects, inbox and flows.
 *
 * @param source CloudEvents source of every message this application sends. Defaults to
 * the application name.
 * @param schema Where the tables come from.
 * @param inbox How long repetitions are recognised.
 * @param results What effects return that return something.
 * @param listeners What is expected of message listeners.
 * @param identity Where the identity of messages may come from.
 * @param retry What happens to messages whose business code fails.
 * @param flows Settings by flow name; whatever is not set here is taken from the settings
 * above.
 */
@ConfigurationProperties("idempotency")
public record IdempotencyProperties(@Nullable String source, @DefaultValue Schema schema, @DefaultValue Inbox inbox,
		@DefaultValue Results results, @DefaultValue Listeners listeners, @DefaultValue Identity identity,
		@DefaultValue Retry retry, @DefaultValue Map<String, FlowSettings> flows) {

	/**
	 * Where the tables come from.
	 *
	 * @param mode How the tables are provided.
	 */
	public record Schema(@DefaultValue("migrate") SchemaMode mode) {
	}

	/**
	 * How long repetitions are recognised.
	 *
	 * @param retention How long outcomes are remembered; must exceed the longest
	 * redelivery, 14 days on a Kafka topic with default settings.
	 * @param waitFor Longest wait for a concurrent duplicate before it is refused.
	 * @param cacheSize Number of finished effects each node remembers in memory, to
	 * answer repetitions without the database; zero switches this off.
	 * @param missingAfter How late a message may be before its number is reported
	 * missing.
	 * @param purge Removal of outcomes past their retention.
	 * @param fold Removal of outcomes that the numbers of their messages account for.
	 */
	public record Inbox(@DefaultValue("15d") Duration retention, @DefaultValue("5s") Duration waitFor,
			@DefaultValue("10000") int cacheSize, @DefaultValue("30s") Duration missingAfter, @DefaultValue Purge purge,
			@DefaultValue Fold fold) {
	}

	/**
	 * Removal of outcomes that the numbers of their messages account for.
	 *
	 * @param interval Pause between two rounds; zero switches the fold off on this node.
	 * @param batchSize Number of rows folded or removed in one transaction.
	 */
	public record Fold(@DefaultValue("2s") Duration interval, @DefaultValue("1000") int batchSize) {
	}

	/**
	 * What effects return that return something.
	 *
	 * @param maxSize Largest result that is stored for repeated calls; a larger one rolls
	 * its effect back.
	 */
	public record Results(@DefaultValue("256KB") DataSize maxSize) {
	}

	/**
	 * Removal of what is past its retention.
	 *
	 * @param interval Pause between two rounds; zero switches the purge off on this node.
	 * @param batchSize Number of rows removed in one transaction.
	 */
	public record Purge(@DefaultValue("1m") Duration interval, @DefaultValue("1000") int batchSize) {
	}

	/**
	 * What is expected of message listeners.
	 *
	 * @param verification What to do about listener containers that contradict their
	 * semantics.
	 * @param undeclared What to do about listeners whose semantics nobody declared.
	 */
	public record Listeners(@DefaultValue("fail") Verification verification,
			@DefaultValue("warn") Undeclared undeclared) {
	}

	/**
	 * What to do about listeners whose semantics nobody declared.
	 */
	public enum Undeclared {

		/** Name them in the log. */
		WARN,

		/** Stop the start. */
		FAIL,

		/** Show them in the catalogue only. */
		IGNORE

	}

	/**
	 * Where the identity of messages may come from.
	 *
	 * @param header Name of a header that carries the id of messages without CloudEvents
	 * attributes.
	 * @param position Whether topic, partition and offset may serve as identity of
	 * messages that have no other; recognises redeliveries only.
	 */
	public record Identity(@Nullable String header, @DefaultValue("true") boolean position) {
	}

	/**
	 * What happens to messages whose business code fails.
	 *
	 * @param maxAttempts Attempts before a message is set aside.
	 * @param initialDelay Pause after the first failure.
	 * @param maxDelay Longest pause between attempts.
	 */
	public record Retry(@DefaultValue("5") int maxAttempts, @DefaultValue("200ms") Duration initialDelay,
			@DefaultValue("30s") Duration maxDelay) {
	}

	/**
	 * Settings of one flow.
	 *
	 * @param semantics Declared semantics of the listener.
	 * @param owner Who answers for the flow.
	 * @param rationale Why its semantics are right.
	 * @param retention How long its outcomes are remembered.
	 * @param waitFor Longest wait for a concurrent duplicate.
	 * @param identityHeader Name of the header that carries the id of its messages.
	 * @param positionIdentity Whether topic, partition and offset may serve as identity.
	 * @param maxAttempts Attempts before one of its messages is set aside.
	 * @param initialDelay Pause after the first failure.
	 * @param maxDelay Longest pause between attempts.
	 * @param deadLetter Outbox destination that gets a copy of messages set aside.
	 * @param inbox How repetitions are known.
	 * @param group Lets messages of its Kafka record listener share a transaction.
	 * @param mode What its listeners do on this node when the application starts.
	 * @param external How its external effects are kept from repeating.
	 * @param signedIds Whether the ids of its messages must be signed.
	 * @param onStoreOutage What it does while the database of the inbox is away.
	 */
	public record FlowSettings(@Nullable Semantics semantics, @DefaultValue("") String owner,
			@DefaultValue("") String rationale, @Nullable Duration retention, @Nullable Duration waitFor,
			@Nullable String identityHeader, @Nullable Boolean positionIdentity, @Nullable Integer maxAttempts,
			@Nullable Duration initialDelay, @Nullable Duration maxDelay, @Nullable String deadLetter,
			@DefaultValue("auto") InboxMode inbox, @Nullable GroupSettings group, @DefaultValue("active") FlowMode mode,
			@Nullable ExternalFlow external, @DefaultValue("ignored") SignedIds signedIds,
			@DefaultValue("stall") StoreOutage onStoreOutage) {
	}

	/**
	 * How the external effects of a flow are kept from repeating.
	 *
	 * @param lease How long a claim holds without a sign of life of its owner.
	 * @param provider Name of the provider that takes the idempotency key.
	 * @param hosts Names of the hosts the key is sent to, without ports; none means every
	 * host the effect calls.
	 * @param maxAttempts How often an effect that its provider may have seen is begun at
	 * most.
	 * @param notExecuted Exceptions that are only thrown if nothing was sent, besides
	 * those of connections that were never made.
	 * @param rejectOn Exceptions by which the outside world says no, for good.
	 * @param allowInTransaction Whether the effect may be called inside a transaction,
	 * whose rollback does not undo it.
	 */
	public record ExternalFlow(@Nullable Duration lease, @Nullable String provider, @DefaultValue Set<String> hosts,
			@Nullable Integer maxAttempts, @DefaultValue List<Class<? extends Throwable>> notExecuted,
			@DefaultValue List<Class<? extends Throwable>> rejectOn,
			@DefaultValue("false") boolean allowInTransaction) {
	}

	/**
	 * Lets messages of a Kafka record listener share a transaction.
	 *
	 * @param maxRecords Most messages in one transaction; each message has its own unless
	 * a group property is set.
	 * @param maxTime How long one transaction should take; the next ones get fewer
	 * messages when one took longer.
	 */
	public record GroupSettings(@DefaultValue("100") int maxRecords, @DefaultValue("1s") Duration maxTime) {
	}

}
