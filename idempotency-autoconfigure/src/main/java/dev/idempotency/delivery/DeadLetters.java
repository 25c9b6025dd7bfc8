// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.Map;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.OutboxMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every message set aside in the park table, which operators work on, and sends a
 * copy to the dead-letter destination of its flow where one is configured. Sending goes
 * through the outbox in an effect of its own, so it is as durable as parking, needs no
 * broker at that moment, and does not repeat when the same delivery is set aside again. A
 * copy that the outbox refuses is given up: it would be refused each time, and hold up
 * the messages behind it.
 */
public final class DeadLetters implements ParkingLot {

	/** Flow under which dead letters are sent. */
	public static final String FLOW = "idempotency.dead-letter";

	private static final Logger logger = LoggerFactory.getLogger(DeadLetters.class);

	private static final String TYPE = "idempotency.dead-letter";

	private static final String PREFIX = "idempotency-dead-letter-";

	private final FlowPolicies policies;

	private final Supplier<EffectTemplate> effects;

	private final Supplier<Outbox> outbox;

	private final ParkingLot parkTable;

	/**
	 * Creates the dead letters.
	 * @param policies names the destination of each flow
	 * @param effects makes sending an effect
	 * @param outbox sends
	 * @param parkTable keeps the messages
	 */
	public DeadLetters(FlowPolicies policies, Supplier<EffectTemplate> effects, Supplier<Outbox> outbox,
			ParkingLot parkTable) {
		this.policies = policies;
		this.effects = effects;
		this.outbox = outbox;
		this.parkTable = parkTable;
	}

	@Override
	public void park(ParkedMessage message) {
		this.parkTable.park(message);
		String destination = this.policies.of(message.flow()).retry().deadLetter();
		if (destination == null) {
			return;
		}
		try {
			this.effects.get()
				.execute(FLOW, message.digest(), null, () -> this.outbox.get().publish(letter(destination, message)));
		}
		catch (OutboxException ex) {
			logger.warn("No dead letter for flow {}, its message is in the park table only", message.flow(), ex);
		}
	}

	private static OutboxMessage letter(String destination, ParkedMessage message) {
		OutboxMessage.Builder letter = OutboxMessage.to(destination).contentType(message.contentType());
		if (message.key() != null) {
			letter.key(message.key());
		}
		message.headers().forEach((name, value) -> letter.header(kept(name), value));
		origin(message).forEach((name, value) -> letter.header(PREFIX + name, value));
		return letter.payload(TYPE, message.body());
	}

	/**
	 * The letter is an event of its own; the attributes of the original stay beside it.
	 */
	private static String kept(String header) {
		return (header.startsWith("ce_") || header.startsWith("cloudEvents")) ? PREFIX + "original-" + header : header;
	}

	private static Map<String, String> origin(ParkedMessage message) {
		return Map.of("flow", message.flow(), "reason", message.reason().name(), "cause", message.cause(), "attempts",
				Integer.toString(message.attempts()), "origin", message.transport() + ":" + message.channel(),
				"position", message.position());
	}

}
