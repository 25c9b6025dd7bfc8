// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.delivery.Attempts;
import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.FailureClassifier.Fault;
import dev.idempotency.delivery.MessageIdentities;
import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.SigningKeys;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.InboxMode;
import dev.idempotency.flow.Semantics;
import org.jspecify.annotations.Nullable;

/**
 * The database of a test, in memory; it survives the containers around it.
 */
final class Inboxes {

	static final int MAX_ATTEMPTS = 3;

	final Set<EffectKey> applied = ConcurrentHashMap.newKeySet();

	final Map<EffectKey, Integer> attempts = new ConcurrentHashMap<>();

	final List<ParkedMessage> parked = new CopyOnWriteArrayList<>();

	final List<EffectEvent> events = new CopyOnWriteArrayList<>();

	volatile @Nullable Semantics configured;

	volatile Duration firstPause = Duration.ofMillis(100);

	FlowPolicy.@Nullable Group group;

	FlowMode mode = FlowMode.ACTIVE;

	@Nullable SigningKeys signedBy;

	final FlowPolicies policies = (flow) -> new FlowPolicy(this.configured, "", "", Duration.ofDays(7),
			Duration.ofSeconds(1), new FlowPolicy.Identity(null, false, this.signedBy),
			new FlowPolicy.Retry(MAX_ATTEMPTS, this.firstPause, this.firstPause.multipliedBy(4), null), InboxMode.AUTO,
			this.group, this.mode);

	DeliveryFailures failures() {
		return new DeliveryFailures(this.policies, Inboxes::classify, new Attempts() {

			@Override
			public int failed(EffectKey key, String error) {
				return Inboxes.this.attempts.merge(key, 1, Integer::sum);
			}

			@Override
			public void forget(EffectKey key) {
				Inboxes.this.attempts.remove(key);
			}

		}, this.parked::add, this.events::add, () -> 1);
	}

	/**
	 * Applies the effect of the current message once.
	 * @return whether it was applied now
	 */
	boolean apply(String flow) {
		Delivery delivery = CurrentDelivery.get();
		if (delivery == null) {
			throw new InvalidIdentityException("no message is bound to the thread");
		}
		return this.applied.add(MessageIdentities.of(delivery, this.policies.of(flow).identity()).key(flow));
	}

	private static Fault classify(Throwable failure) {
		Fault fault = RabbitFailures.classify(failure);
		if (fault != null) {
			return fault;
		}
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof InvalidIdentityException) {
				return Fault.NO_IDENTITY;
			}
			if (cause instanceof DatabaseAway) {
				return Fault.INFRASTRUCTURE;
			}
		}
		return Fault.BUSINESS;
	}

	/**
	 * The database does not answer.
	 */
	static final class DatabaseAway extends RuntimeException {

	}

}
