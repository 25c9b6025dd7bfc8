// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.OutboxMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages set aside to the dead-letter destination of their flow, or leaves them
 * to the park table where none is configured. Sending goes through the outbox in an
 * effect of its own, so it is as durable as parking, needs no broker at that moment, and
 * does not repeat when the same delivery is set aside again. What the outbox refuses
 * stays in the park table: it would be refused each time, and hold up the messages behind
 * it.
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
	 * @param parkTable takes the messages of flows without a destination
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
		String destination = this.policies.of(message.flow()).retry().deadLetter();
		if (destination == null) {
			this.parkTable.park(message);
			return;
		}
		try {
			this.effects.get()
				.execute(FLOW, digest(message), null, () -> this.outbox.get().publish(letter(destination, message)));
		}
		catch (OutboxException ex) {
			logger.warn("No dead letter for flow {}, its message stays in the park table", message.flow(), ex);
			this.parkTable.park(message);
		}
	}

	private static OutboxMessage letter(String destination, ParkedMessage message) {
		OutboxMessage.Builder letter = OutboxMessage.to(destination)
			.contentType(message.headers().getOrDefault("content-type", "application/octet-stream"));
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

	/**
	 * Tells one delivery from another where a position alone does not.
	 */
	private static String digest(ParkedMessage message) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (Object part : new Object[] { message.flow(), message.transport(), message.channel(),
					message.position(), new TreeMap<>(message.headers()) }) {
				digest.update(part.toString().getBytes(StandardCharsets.UTF_8));
				digest.update((byte) 0);
			}
			return HexFormat.of().formatHex(digest.digest(message.body()));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
