// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.effect.Position;
import dev.idempotency.flow.InboxMode;
import dev.idempotency.flow.Semantics;
import dev.idempotency.inbox.SharedStreams;
import dev.idempotency.inbox.Stream;
import dev.idempotency.outbox.CloudEvents;
import dev.idempotency.outbox.StreamPosition;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.Binding;

/**
 * Which listeners see all messages of a stream, so that the rows of their flows can be
 * folded and a gap is a loss.
 */
public final class NumberedQueues {

	private static final String STREAM_FILTER = "x-stream-filter";

	private static final List<Obstacle> ALWAYS = List.of(
			new Obstacle((it) -> it.policy().inbox() == InboxMode.ID || it.policy().inbox() == InboxMode.OFFSET,
					"it is configured"),
			new Obstacle((it) -> !it.flow().effect(), "the listener has no effect annotation"),
			new Obstacle((it) -> it.flow().external(), "an external effect has a claim of its own"),
			new Obstacle((it) -> it.policy().identity().signedBy() != null, "ids must be signed, and numbers are not"),
			new Obstacle((it) -> it.flow().keyed(), "a key expression says what a repetition is"),
			new Obstacle((it) -> it.methods().size() != 1, "several methods share the listener"),
			new Obstacle((it) -> it.known() == null || it.known().getConsumerArguments().containsKey(STREAM_FILTER),
					"its consumer filters, so that a gap says nothing"));

	private final @Nullable SharedStreams streams;

	private final Supplier<? extends Collection<Binding>> bindings;

	private final Supplier<Map<String, String>> exchanges;

	private final Map<Object, String> reasons = new ConcurrentHashMap<>();

	/**
	 * Creates it.
	 * @param streams makes streams known, {@code null} if the inbox does not know numbers
	 * @param bindings the bindings the application declares
	 * @param exchanges types of the exchanges it declares, by name
	 */
	public NumberedQueues(@Nullable SharedStreams streams, Supplier<? extends Collection<Binding>> bindings,
			Supplier<Map<String, String>> exchanges) {
		this.streams = streams;
		this.bindings = bindings;
		this.exchanges = exchanges;
	}

	/**
	 * Numbers count for nothing.
	 */
	static NumberedQueues none() {
		return new NumberedQueues(null, List::of, Map::of);
	}

	/**
	 * The message with the number that accounts for it, if it has one that counts.
	 */
	Delivery place(InspectedListener listener, Delivery delivery, RabbitListeners listeners) {
		StreamPosition number = StreamPosition.from(delivery.attributes());
		String source = delivery.attributes().get(CloudEvents.SOURCE);
		if (number == null || source == null || !delivery.attributes().containsKey(CloudEvents.ID)
				|| delivery.isReplay() || !reason(listener, listeners).isEmpty()) {
			return delivery;
		}
		return delivery.at(new Position.Unordered(
				Position.Sequence.of(source, number.stream(), number.epoch(), number.sequence())));
	}

	/**
	 * Makes the stream of a message known.
	 */
	void share(String flow, Delivery delivery) {
		Position place = delivery.place();
		if (place != null && this.streams != null) {
			this.streams.share(new Stream(flow, place.stream()));
		}
	}

	/**
	 * For the catalogue.
	 */
	String remark(InspectedListener listener, RabbitListeners listeners) {
		String reason = reason(listener, listeners);
		return reason.isEmpty()
				? "inbox: id rows, those of numbered messages folded: competing consumers of one queue, any order"
				: "inbox: id mode, because " + reason;
	}

	private String reason(InspectedListener listener, RabbitListeners listeners) {
		String known = this.reasons.get(listener.container());
		if (known == null) {
			known = look(listener, listeners);
			this.reasons.put(listener.container(), known);
		}
		return known;
	}

	private String look(InspectedListener listener, RabbitListeners listeners) {
		for (Obstacle obstacle : ALWAYS) {
			if (obstacle.stands().test(listener)) {
				return obstacle.reason();
			}
		}
		if (this.streams == null) {
			return "inbox or parking lot are the application's own";
		}
		if (!this.streams.folds()) {
			return "rows are not folded on this database";
		}
		for (String queue : listener.queues()) {
			String reason = partial(queue, listener, listeners);
			if (!reason.isEmpty()) {
				return reason;
			}
		}
		return "";
	}

	/**
	 * Why the flow may see only some of the messages of a stream.
	 */
	private String partial(String queue, InspectedListener listener, RabbitListeners listeners) {
		for (InspectedListener other : listeners.all()) {
			if (other.queues().contains(queue)
					&& !(other.is(Semantics.EFFECTIVELY_ONCE) && other.flow().name().equals(listener.flow().name()))) {
				return "flow '" + other.flow().name() + "' takes messages of queue '" + queue + "', too";
			}
		}
		for (Binding binding : this.bindings.get()) {
			String exchange = binding.getExchange();
			Map<String, String> types = this.exchanges.get();
			if (binding.isDestinationQueue() && queue.equals(binding.getDestination()) && exchange != null
					&& ExchangeTypes.isKnown(exchange, types)) {
				String obstacle = ExchangeTypes.obstacle(exchange, types);
				if (!obstacle.isEmpty()) {
					return obstacle;
				}
			}
		}
		return "";
	}

	private record Obstacle(Predicate<InspectedListener> stands, String reason) {
	}

}
