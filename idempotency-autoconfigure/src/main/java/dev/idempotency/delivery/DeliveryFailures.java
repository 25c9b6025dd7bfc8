// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.DoubleSupplier;

import dev.idempotency.delivery.FailureClassifier.Fault;
import dev.idempotency.delivery.ParkedMessage.Reason;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.flow.Backoff;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.FlowPolicy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what happens to a delivery that failed. Failures of the infrastructure are
 * repeated without limit and use up no attempt; failures of business code are counted
 * durably and end, after as many attempts as the flow allows, in the parking lot. If
 * counting or parking itself fails, the message is delivered again: a message is never
 * given up in a log line.
 */
public final class DeliveryFailures {

	private static final Logger logger = LoggerFactory.getLogger(DeliveryFailures.class);

	private static final int MAX_CAUSE_LENGTH = 2000;

	private final FlowPolicies policies;

	private final FailureClassifier classifier;

	private final Attempts attempts;

	private final ParkingLot parkingLot;

	private final EffectListener listener;

	private final DoubleSupplier random;

	private final StoreWatch store;

	/**
	 * Creates the rules.
	 * @param policies what is configured per flow
	 * @param classifier tells what is at fault
	 * @param attempts counts durably
	 * @param parkingLot takes messages set aside
	 * @param listener hears every decision
	 * @param random yields numbers from 0 to 1, for jitter
	 */
	public DeliveryFailures(FlowPolicies policies, FailureClassifier classifier, Attempts attempts,
			ParkingLot parkingLot, EffectListener listener, DoubleSupplier random) {
		this(policies, classifier, attempts, parkingLot, listener, random, StoreWatch.none());
	}

	/**
	 * Creates the rules.
	 * @param policies what is configured per flow
	 * @param classifier tells what is at fault
	 * @param attempts counts durably
	 * @param parkingLot takes messages set aside
	 * @param listener hears every decision
	 * @param random yields numbers from 0 to 1, for jitter
	 * @param store knows whether the database answers
	 */
	public DeliveryFailures(FlowPolicies policies, FailureClassifier classifier, Attempts attempts,
			ParkingLot parkingLot, EffectListener listener, DoubleSupplier random, StoreWatch store) {
		this.store = store;
		this.policies = policies;
		this.classifier = classifier;
		this.attempts = attempts;
		this.parkingLot = parkingLot;
		this.listener = listener;
		this.random = random;
	}

	/**
	 * Decides.
	 * @param flow the flow that failed
	 * @param delivery what was delivered
	 * @param failure what the listener or the container threw
	 * @param failuresInARow how often this delivery failed in this process, at least 1
	 * @return whether to repeat or to acknowledge
	 */
	public FailureDecision decide(String flow, Delivery delivery, Throwable failure, int failuresInARow) {
		FlowPolicy policy = this.policies.of(flow);
		Fault fault = this.classifier.classify(failure);
		if (fault == Fault.INFRASTRUCTURE) {
			suspect(failure);
			return retry(flow, policy, true, 0, failuresInARow, failure);
		}
		try {
			return (fault == Fault.BUSINESS) ? business(flow, policy, delivery, failure, failuresInARow)
					: setAside(delivery, identity(flow, policy, delivery), flow, reason(fault), 1, failure);
		}
		catch (RuntimeException ex) {
			logger.warn("Message {} of flow {} failed and could not be counted or set aside; it is delivered again",
					delivery.position(), flow, ex);
			suspect(ex);
			return retry(flow, policy, true, 0, failuresInARow, ex);
		}
	}

	/**
	 * Whether a failure says nothing about the message.
	 * @param failure what the listener or the container threw
	 * @return {@code true} if the database or the broker is at fault
	 */
	public boolean isInfrastructure(Throwable failure) {
		return this.classifier.classify(failure) == Fault.INFRASTRUCTURE;
	}

	/**
	 * Whether a flow goes on while the database is away.
	 * @param flow the flow
	 * @return {@code true} if its messages do not wait for it
	 */
	public boolean passesThrough(String flow) {
		return this.policies.of(flow).passesThrough();
	}

	/**
	 * Knows whether the database answers, so that nobody tries while it does not.
	 * @return the watch
	 */
	public StoreWatch store() {
		return this.store;
	}

	/**
	 * A refusal by the inbox, of a concurrent duplicate for instance, shows that it
	 * answers.
	 */
	private void suspect(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof EffectException) {
				return;
			}
		}
		if (isInfrastructure(failure)) {
			this.store.suspect();
		}
	}

	private FailureDecision business(String flow, FlowPolicy policy, Delivery delivery, Throwable failure,
			int failuresInARow) {
		EffectKey identity = identity(flow, policy, delivery);
		EffectKey key = (identity != null) ? identity : weakKey(flow, delivery);
		int failed = this.attempts.failed(key, describe(failure));
		if (failed < policy.retry().maxAttempts()) {
			return retry(flow, policy, false, failed, failed, failure);
		}
		FailureDecision decision = setAside(delivery, identity, flow, Reason.ATTEMPTS_EXHAUSTED, failed, failure);
		this.attempts.forget(key);
		return decision;
	}

	private FailureDecision setAside(Delivery delivery, @Nullable EffectKey identity, String flow, Reason reason,
			int attempts, Throwable failure) {
		this.parkingLot.park(message(flow, delivery, reason, attempts, failure, identity));
		logger.error("Message {} of flow {} is set aside after {} attempts: {}", delivery.position(), flow, attempts,
				reason, failure);
		this.listener.on(new EffectEvent.Parked(flow, reason.name(), attempts, failure));
		return new FailureDecision.SetAside();
	}

	private static ParkedMessage message(String flow, Delivery delivery, Reason reason, int attempts, Throwable failure,
			@Nullable EffectKey identity) {
		Delivery.Original original = delivery.original().get();
		Map<String, String> headers = new HashMap<>(original.headers());
		headers.putAll(delivery.headers());
		return new ParkedMessage(flow, reason, delivery.transport(), delivery.channel(), delivery.position(),
				(original.key() != null) ? original.key() : delivery.key(), headers, original.body(), attempts,
				describe(failure), identity, delivery.place());
	}

	private FailureDecision retry(String flow, FlowPolicy policy, boolean infrastructure, int attempts, int failures,
			Throwable failure) {
		Backoff backoff = new Backoff(policy.retry().initialDelay(), policy.retry().maxDelay());
		Duration pause = backoff.pause(failures, this.random);
		logger.warn("Flow {} failed ({}, time {}), again in {} ms: {}", flow,
				infrastructure ? "infrastructure" : "business", failures, pause.toMillis(), describe(failure));
		if (failures == 1) {
			logger.debug("First failure of flow {}", flow, failure);
		}
		this.listener.on(new EffectEvent.Retried(flow, infrastructure, attempts, failure));
		return new FailureDecision.Retry(pause);
	}

	private static @Nullable EffectKey identity(String flow, FlowPolicy policy, Delivery delivery) {
		try {
			return MessageIdentities.of(delivery, policy.identity()).key(flow);
		}
		catch (InvalidIdentityException ex) {
			return null;
		}
	}

	/**
	 * The key attempts are counted under where there is no identity: the position is good
	 * enough for that. One that changes with every delivery is not, so the content stands
	 * in for it.
	 */
	private static EffectKey weakKey(String flow, Delivery delivery) {
		String id = delivery.positionIsIdentity() ? delivery.position()
				: HexFormat.of().formatHex(Fingerprint.of(delivery.original().get().body()).bytes());
		return new EffectKey(flow, delivery.transport() + ":" + delivery.channel(), id);
	}

	private static Reason reason(Fault fault) {
		return switch (fault) {
			case COLLISION -> Reason.COLLISION;
			case NO_IDENTITY -> Reason.NO_IDENTITY;
			case IN_DOUBT -> Reason.IN_DOUBT;
			case UNREADABLE, BUSINESS, INFRASTRUCTURE -> Reason.UNREADABLE;
		};
	}

	private static String describe(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null && root.getCause() != root) {
			root = root.getCause();
		}
		String text = root.getClass().getName() + ": " + root.getMessage();
		return (text.length() > MAX_CAUSE_LENGTH) ? text.substring(0, MAX_CAUSE_LENGTH) : text;
	}

}
