// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.FailureDecision;
import dev.idempotency.delivery.StoreWatch;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.aop.ProxyMethodInvocation;

/**
 * Calls a listener until the message is handled, set aside, or held long enough.
 */
final class Attempt {

	/** Counted by quorum queues; the message is dropped at their delivery limit. */
	private static final String DELIVERY_COUNT = "x-delivery-count";

	private final DeliveryFailures failures;

	private final RabbitListenerSettings settings;

	private final Pauser pauser;

	private final Clock clock;

	Attempt(DeliveryFailures failures, RabbitListenerSettings settings, Pauser pauser, Clock clock) {
		this.failures = failures;
		this.settings = settings;
		this.pauser = pauser;
		this.clock = clock;
	}

	/**
	 * Calls the listener. The message is bound anew for each call, whose arguments are
	 * converted anew: they need not equal those of the call before.
	 * @param invocation the call
	 * @param flow its flow
	 * @param delivery the message
	 * @param active whether the container is still to work
	 * @param before what is done before each call, as a part of it
	 * @return the result of the listener, {@code null} if the message was set aside; the
	 * container may acknowledge
	 * @throws ImmediateRequeueAmqpException if the message is to be delivered again
	 * @throws Throwable an error of the virtual machine
	 */
	@Nullable Object untilDecided(MethodInvocation invocation, String flow, Delivery delivery, BooleanSupplier active,
			Runnable before) throws Throwable {
		awaitStore(flow, delivery, active, this.settings.holdAfter(deliveryCount(delivery)), null);
		return untilDecided(() -> {
			CurrentDelivery.set(delivery);
			before.run();
			return again(invocation).proceed();
		}, flow, delivery, active);
	}

	@Nullable Object untilDecided(Call call, String flow, Delivery delivery, BooleanSupplier active) throws Throwable {
		Instant begin = this.clock.instant();
		Duration hold = this.settings.holdAfter(deliveryCount(delivery));
		for (int failed = 1;; failed++) {
			Exception failure;
			try {
				return call.run();
			}
			catch (Exception ex) {
				failure = ex;
			}
			if (Thread.currentThread().isInterrupted()) {
				throw requeue(delivery, "was interrupted", failure);
			}
			FailureDecision decision = this.failures.decide(flow, delivery, failure, failed);
			if (!(decision instanceof FailureDecision.Retry retry)) {
				return null;
			}
			Duration pause = (retry.pause().compareTo(hold) < 0) ? retry.pause() : hold;
			if (!this.pauser.pause(pause, active)) {
				throw requeue(delivery, "was interrupted by a stop", failure);
			}
			Duration left = hold.minus(Duration.between(begin, this.clock.instant()));
			awaitStore(flow, delivery, active, left, failure);
			if (Duration.between(begin, this.clock.instant()).compareTo(hold) >= 0) {
				throw requeue(delivery, "failed for " + hold, failure);
			}
		}
	}

	/**
	 * Holds a message while the database is away, because it could only fail.
	 */
	private void awaitStore(String flow, Delivery delivery, BooleanSupplier active, Duration longest,
			@Nullable Exception failure) {
		StoreWatch store = this.failures.store();
		if (!store.isAway() || this.failures.passesThrough(flow) || longest.isNegative() || longest.isZero()) {
			return;
		}
		AtomicBoolean back = new AtomicBoolean();
		store.whenBack(flow, () -> back.set(true));
		boolean waitedInVain = this.pauser.pause(longest, () -> active.getAsBoolean() && !back.get());
		if (!waitedInVain && !back.get()) {
			throw requeue(delivery, "was interrupted by a stop", failure);
		}
		if (waitedInVain && failure == null) {
			throw requeue(delivery, "waited for the database for " + longest, null);
		}
	}

	/**
	 * An invocation can proceed once; its clone can proceed again.
	 */
	private static MethodInvocation again(MethodInvocation invocation) {
		return ((ProxyMethodInvocation) invocation).invocableClone();
	}

	private static ImmediateRequeueAmqpException requeue(Delivery delivery, String why, @Nullable Exception failure) {
		String message = "Message " + delivery.position() + " " + why + " and goes back to its queue";
		return (failure != null) ? new ImmediateRequeueAmqpException(message, failure)
				: new ImmediateRequeueAmqpException(message);
	}

	private static long deliveryCount(Delivery delivery) {
		String count = delivery.headers().getOrDefault(DELIVERY_COUNT, "0");
		return count.matches("\\d{1,9}") ? Long.parseLong(count) : 0;
	}

	/**
	 * Calls a listener.
	 */
	@FunctionalInterface
	interface Call {

		/**
		 * Calls it, as often as asked.
		 * @return what it returned
		 * @throws Throwable what it threw
		 */
		@Nullable Object run() throws Throwable;

	}

}
