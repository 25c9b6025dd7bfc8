// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.rabbitmq.client.Channel;
import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.DeliveryAccount;
import dev.idempotency.delivery.NotAcknowledgedException;
import dev.idempotency.delivery.Trail;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectEvent.Loss;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.flow.Semantics;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.amqp.core.Message;
import org.springframework.aop.ProxyMethodInvocation;

/**
 * Calls listeners without effects: once, what they get being acknowledged before, or
 * until each message is handled or set aside. What is addressed to other flows is passed
 * over.
 */
final class PlainDelivery {

	private static final Logger logger = LoggerFactory.getLogger(PlainDelivery.class);

	private final EffectListener events;

	private final Attempt attempt;

	private final Trail trail;

	private final FirstAcknowledgement acknowledgement = new FirstAcknowledgement();

	private final Map<String, DeliveryAccount> accounts = new ConcurrentHashMap<>();

	PlainDelivery(EffectListener events, Attempt attempt, Trail trail) {
		this.trail = trail;
		this.events = events;
		this.attempt = attempt;
	}

	/**
	 * Handles a message.
	 * @return what the listener returned, {@code null} if it was not called or failed
	 * @throws NotAcknowledgedException if it was to be acknowledged first
	 * @throws Throwable if the message is to be delivered again
	 */
	@Nullable Object single(MethodInvocation invocation, InspectedListener listener, Message message, Delivery delivery)
			throws Throwable {
		boolean first = listener.is(Semantics.AT_MOST_ONCE);
		if (!isDelivered(listener, delivery)) {
			if (first) {
				acknowledge(invocation, List.of(message), new Called(listener, List.of(), account(listener)));
			}
			return null;
		}
		Called called = new Called(listener, List.of(delivery), account(listener));
		return first ? once(invocation, called, List.of(message), invocation.getArguments()) : repeatedly(() -> {
			CurrentDelivery.set(delivery);
			return proceed(invocation, invocation.getArguments());
		}, called, delivery);
	}

	/**
	 * Handles messages a container collected.
	 * @return what the listener returned, {@code null} if it was not called or failed
	 * @throws NotAcknowledgedException if they were to be acknowledged first
	 * @throws Throwable if the messages are to be delivered again
	 */
	@Nullable Object batch(MethodInvocation invocation, InspectedListener listener, List<Message> messages) throws Throwable {
		List<Message> ours = new ArrayList<>(messages.size());
		List<Delivery> deliveries = new ArrayList<>(messages.size());
		for (Message message : messages) {
			Delivery delivery = DeliveredMessage.read(message);
			if (isDelivered(listener, delivery)) {
				ours.add(message);
				deliveries.add(delivery);
			}
		}
		Called called = new Called(listener, deliveries, account(listener));
		if (listener.is(Semantics.AT_MOST_ONCE)) {
			return once(invocation, called, messages, with(invocation, ours));
		}
		return ours.isEmpty() ? null : repeatedly(invocation, called, ours);
	}

	private boolean isDelivered(InspectedListener listener, Delivery delivery) {
		String flow = listener.flow().name();
		boolean ours = delivery.addressedTo(flow);
		this.events.on(ours ? new EffectEvent.Delivered(flow, delivery.redelivered()) : new EffectEvent.Filtered(flow));
		return ours;
	}

	private @Nullable Object once(MethodInvocation invocation, Called called, List<Message> messages,
			Object[] arguments) throws Throwable {
		int count = called.deliveries().size();
		if (count == 0) {
			acknowledge(invocation, messages, called);
			return null;
		}
		long begun = this.trail.begin(called.listener().flow().name(), count);
		try {
			acknowledge(invocation, messages, called);
			return calledOnce(invocation, called, arguments);
		}
		finally {
			this.trail.end(begun);
		}
	}

	private @Nullable Object calledOnce(MethodInvocation invocation, Called called, Object[] arguments)
			throws Throwable {
		try {
			Object result = proceed(invocation, arguments);
			called.handled();
			return result;
		}
		catch (Exception ex) {
			logger.error("Listener of flow {} failed on {} message(s), the first {}, which are lost",
					called.listener().flow().name(), called.deliveries().size(), called.deliveries().get(0).position(),
					ex);
			called.account().lost(Loss.FAILED, called.deliveries().size());
			return null;
		}
		catch (Error ex) {
			called.account().lost(Loss.UNFINISHED, called.deliveries().size());
			throw ex;
		}
	}

	private void acknowledge(MethodInvocation invocation, List<Message> messages, Called called) {
		try {
			this.acknowledgement.acknowledge((Channel) invocation.getArguments()[0],
					messages.get(messages.size() - 1).getMessageProperties(), messages.size() > 1);
		}
		catch (NotAcknowledgedException ex) {
			if (!called.deliveries().isEmpty()) {
				called.account().lost(Loss.UNANSWERED, called.deliveries().size());
			}
			throw ex;
		}
	}

	/**
	 * Nothing says which of several messages a listener failed on, so they are given to
	 * it one by one.
	 */
	private @Nullable Object repeatedly(MethodInvocation invocation, Called called, List<Message> messages)
			throws Throwable {
		try {
			Object result = proceed(invocation, with(invocation, messages));
			called.handled();
			return result;
		}
		catch (Exception ex) {
			logger.warn("Listener of flow {} failed on {} messages, now one by one: {}",
					called.listener().flow().name(), messages.size(), ex.toString());
		}
		for (int i = 0; i < messages.size(); i++) {
			Object[] arguments = with(invocation, List.of(messages.get(i)));
			repeatedly(() -> proceed(invocation, arguments), called, called.deliveries().get(i));
		}
		return null;
	}

	private @Nullable Object repeatedly(Attempt.Call call, Called called, Delivery delivery) throws Throwable {
		return this.attempt.untilDecided(() -> {
			Object result = call.run();
			called.account().handled(delivery);
			return result;
		}, called.listener().flow().name(), delivery, called.listener()::isActive);
	}

	private static Object[] with(MethodInvocation invocation, List<Message> messages) {
		Object[] arguments = invocation.getArguments().clone();
		arguments[1] = messages;
		return arguments;
	}

	/**
	 * An invocation can proceed once; its clone can proceed again.
	 */
	private static @Nullable Object proceed(MethodInvocation invocation, Object[] arguments) throws Throwable {
		return ((ProxyMethodInvocation) invocation).invocableClone(arguments).proceed();
	}

	private DeliveryAccount account(InspectedListener listener) {
		return this.accounts.computeIfAbsent(listener.id() + " " + listener.flow().name(),
				(id) -> new DeliveryAccount(listener.flow().name(), listener.policy().identity(), this.events));
	}

	/**
	 * A call of a listener.
	 */
	private record Called(InspectedListener listener, List<Delivery> deliveries, DeliveryAccount account) {

		private void handled() {
			this.deliveries.forEach(this.account::handled);
		}

	}

}
