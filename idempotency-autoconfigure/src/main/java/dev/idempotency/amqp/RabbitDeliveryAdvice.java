// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Clock;
import java.util.List;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.Trail;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Semantics;
import dev.idempotency.outbox.CloudEvents;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.core.Message;

/**
 * Stands between a listener container and a listener. Around listeners of effects it
 * binds the delivered message to the thread and decides about failures: what reaches the
 * container is a normal return, which acknowledges, or an immediate requeue after a
 * pause. A message is never rejected without requeue, so no queue needs a dead-letter
 * exchange and no broker's delivery count decides. Listeners that are acknowledged first
 * are called once, those without declared semantics are passed through.
 */
public final class RabbitDeliveryAdvice implements MethodInterceptor, AutoCloseable {

	static final String MDC_FLOW = "idempotency.flow";

	static final String MDC_MESSAGE = "idempotency.message";

	private final RabbitListeners listeners;

	private final EffectListener events;

	private final StoppablePauser pauser = new StoppablePauser();

	private final HandlingWatch watch;

	private final Attempt attempt;

	private final PlainDelivery plain;

	/**
	 * Creates the advice.
	 * @param listeners tells which listener stands behind a container
	 * @param failures decides what becomes of failed messages
	 * @param events hears of deliveries
	 * @param settings how long to hold failing messages
	 * @param trail remembers what was acknowledged first and has begun
	 * @param clock tells the time
	 */
	public RabbitDeliveryAdvice(RabbitListeners listeners, DeliveryFailures failures, EffectListener events,
			RabbitListenerSettings settings, Trail trail, Clock clock) {
		this.listeners = listeners;
		this.events = events;
		this.watch = new HandlingWatch(settings.consumerTimeout(), clock);
		this.attempt = new Attempt(failures, settings, this.pauser, clock);
		this.plain = new PlainDelivery(events, this.attempt, trail);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		InspectedListener listener = listener(invocation);
		if (listener == null || listener.semantics() == null) {
			return invocation.proceed();
		}
		if (!listener.is(Semantics.EFFECTIVELY_ONCE)) {
			return plain(invocation, listener);
		}
		if (!(invocation.getArguments()[1] instanceof Message message)) {
			return invocation.proceed();
		}
		String flow = listener.flow().name();
		Delivery delivery = this.listeners.place(listener, DeliveredMessage.read(message));
		if (!delivery.addressedTo(flow)) {
			this.events.on(new EffectEvent.Filtered(flow));
			return null;
		}
		this.events.on(new EffectEvent.Delivered(flow, delivery.redelivered()));
		bind(flow, delivery);
		this.watch.begin(flow, delivery);
		try {
			return this.attempt.untilDecided(invocation, flow, delivery, listener::isActive,
					() -> this.listeners.numbers().share(flow, delivery));
		}
		finally {
			unbind();
		}
	}

	private @Nullable Object plain(MethodInvocation invocation, InspectedListener listener) throws Throwable {
		Object data = invocation.getArguments()[1];
		if (data instanceof List<?> list) {
			return this.plain.batch(invocation, listener, list.stream().map(Message.class::cast).toList());
		}
		if (!(data instanceof Message message)) {
			return invocation.proceed();
		}
		Delivery delivery = DeliveredMessage.read(message);
		bind(listener.flow().name(), delivery);
		if (listener.is(Semantics.AT_LEAST_ONCE)) {
			this.watch.begin(listener.flow().name(), delivery);
		}
		try {
			return this.plain.single(invocation, listener, message, delivery);
		}
		finally {
			unbind();
		}
	}

	private @Nullable InspectedListener listener(MethodInvocation invocation) {
		try {
			return this.listeners.behind(invocation.getThis());
		}
		catch (ContradictionException ex) {
			throw new ImmediateRequeueAmqpException("Not handled, its container is stopped", ex);
		}
	}

	private void bind(String flow, Delivery delivery) {
		CurrentDelivery.set(delivery);
		MDC.put(MDC_FLOW, flow);
		String id = delivery.attributes().getOrDefault(CloudEvents.ID, delivery.messageId());
		MDC.put(MDC_MESSAGE, (id != null) ? id : delivery.position());
	}

	private void unbind() {
		this.watch.end();
		MDC.remove(MDC_FLOW);
		MDC.remove(MDC_MESSAGE);
		CurrentDelivery.clear();
	}

	/**
	 * Ends all pauses; their messages go back to the broker.
	 */
	@Override
	public void close() {
		this.pauser.close();
		this.watch.close();
	}

}
