// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.SigningKeys;

/**
 * Completes messages and stores them in the caller's transaction.
 */
public final class TransactionalOutbox implements Outbox {

	private final OutboxStore store;

	private final PayloadEncoder encoder;

	private final ContextCarrier context;

	private final WakeUp wakeUp;

	private final Origin origin;

	/**
	 * Creates an outbox.
	 * @param store where messages wait
	 * @param encoder encodes payloads
	 * @param context what travels with every message
	 * @param wakeUp tells the relay after the commit
	 * @param origin what is said of the sender
	 */
	public TransactionalOutbox(OutboxStore store, PayloadEncoder encoder, ContextCarrier context, WakeUp wakeUp,
			Origin origin) {
		this.store = store;
		this.encoder = encoder;
		this.context = context;
		this.wakeUp = wakeUp;
		this.origin = origin;
	}

	@Override
	public String publish(OutboxMessage message) {
		String transport = Destinations.transport(message.destination());
		if (!this.origin.transports().contains(transport)) {
			throw new OutboxException("No transport '" + transport + "' for destination '" + message.destination()
					+ "'; known are " + this.origin.transports().stream().sorted().toList()
					+ ". Add spring-boot-starter-kafka or spring-boot-starter-amqp, or correct the destination");
		}
		if (message.type().equals(CloudEvents.HEARTBEAT)) {
			throw new OutboxException("Messages of type '" + CloudEvents.HEARTBEAT
					+ "' are the relay's own, and listeners pass them over; give the message another type");
		}
		PayloadEncoder.Encoded encoded = this.encoder.encode(message.destination(), message.payload(),
				message.contentType());
		String id = id(message);
		int lane = Lanes.of(message.key(), id);
		Map<String, String> headers = new HashMap<>(this.context.capture());
		headers.putAll(encoded.headers());
		message.headers().forEach((name, value) -> {
			if (!CloudEvents.isReserved(name)) {
				headers.put(name, value);
			}
		});
		String signature = this.origin.keys().sign(this.origin.source(), id);
		if (signature != null) {
			headers.put(OutboxRecord.SIGNATURE_HEADER, signature);
		}
		this.store.insert(new OutboxRecord(0, lane, id, message.destination(), message.route(), message.key(),
				message.type(), this.origin.source(), this.origin.clock().instant(), headers, encoded.contentType(),
				encoded.body(), 0));
		this.store.afterCommit(() -> this.wakeUp.committed(message.destination(), lane));
		return id;
	}

	/**
	 * A message with an id of its own counts like the others, unless nobody could say
	 * which of a batch's messages it counts for.
	 */
	private String id(OutboxMessage message) {
		CurrentEffect effect = CurrentEffect.get();
		if (effect == null || (effect.isBatch() && message.id() != null)) {
			return (message.id() != null) ? message.id() : ordered(UUID.randomUUID()).toString();
		}
		String derived = effect.nextMessageId();
		return (message.id() != null) ? message.id() : derived;
	}

	/**
	 * A UUID of version 7: consumers remember ids that come one after the other side by
	 * side.
	 */
	private UUID ordered(UUID random) {
		long high = (this.origin.clock().millis() << 16) | 0x7000 | (random.getMostSignificantBits() & 0x0fff);
		return new UUID(high, random.getLeastSignificantBits());
	}

	/**
	 * What is said of the sender.
	 *
	 * @param source CloudEvents {@code source} of every message
	 * @param transports names of the transports at hand
	 * @param clock gives CloudEvents {@code time}
	 * @param keys sign ids
	 */
	public record Origin(String source, Set<String> transports, Clock clock, SigningKeys keys) {

		public Origin {
			transports = Set.copyOf(transports);
		}

		/**
		 * A sender that does not sign.
		 * @param source CloudEvents {@code source} of every message
		 * @param transports names of the transports at hand
		 * @param clock gives CloudEvents {@code time}
		 */
		public Origin(String source, Set<String> transports, Clock clock) {
			this(source, transports, clock, new SigningKeys(Map.of(), null));
		}

	}

}
