// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.SigningKeys;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Finds the identity of a message: CloudEvents attributes, then the configured header,
 * then the message id of the broker's format, then, where allowed, its position. Where
 * ids must be signed, only signed CloudEvents attributes count.
 */
public final class MessageIdentities {

	private MessageIdentities() {
	}

	/**
	 * Finds the identity.
	 * @param delivery the message
	 * @param policy what the flow allows
	 * @return the identity
	 * @throws InvalidIdentityException if there is none
	 */
	public static MessageIdentity of(Delivery delivery, FlowPolicy.Identity policy) {
		MessageIdentity found = find(delivery, policy);
		if (found != null) {
			return found;
		}
		String header = policy.header();
		throw new InvalidIdentityException("Message " + delivery.position() + " of " + delivery.transport() + ":"
				+ delivery.channel() + " has no usable identity. Looked for CloudEvents 'id' and 'source'"
				+ ((header != null) ? ", header '" + header + "'" : "") + " and message_id. "
				+ "Let the producer set one, name a header in idempotency.flows.<flow>.identity-header, "
				+ "or give @ExactlyOnceEffect a key expression");
	}

	/**
	 * Looks for an identity.
	 * @param delivery the message
	 * @param policy what the flow allows
	 * @return the identity, {@code null} if there is none
	 */
	static @Nullable MessageIdentity find(Delivery delivery, FlowPolicy.Identity policy) {
		String id = usable(delivery.attributes().get("id"));
		String source = usable(delivery.attributes().get("source"));
		SigningKeys keys = policy.signedBy();
		if (keys != null) {
			return signed(delivery, source, id, keys);
		}
		if (id != null && source != null) {
			return new MessageIdentity(MessageIdentity.Kind.CLOUD_EVENT, source, id);
		}
		String header = policy.header();
		String headerId = (header != null) ? usable(delivery.headers().get(header)) : null;
		if (headerId != null) {
			return new MessageIdentity(MessageIdentity.Kind.HEADER, "header:" + header, headerId);
		}
		String messageId = usable(delivery.messageId());
		if (messageId != null) {
			return new MessageIdentity(MessageIdentity.Kind.MESSAGE_ID, "message-id", messageId);
		}
		if (policy.positionAllowed() && delivery.positionIsIdentity()) {
			return new MessageIdentity(MessageIdentity.Kind.POSITION, "position:" + delivery.transport(),
					delivery.position());
		}
		return null;
	}

	/**
	 * Without a signature anybody could have written an id, and use it up before its
	 * message comes.
	 * @throws InvalidIdentityException if there is none that holds
	 */
	private static MessageIdentity signed(Delivery delivery, @Nullable String source, @Nullable String id,
			SigningKeys keys) {
		String signature = delivery.headers().get(OutboxRecord.SIGNATURE_HEADER);
		if (source == null || id == null || !keys.isGenuine(source, id, signature)) {
			throw new InvalidIdentityException("Message " + delivery.position() + " of " + delivery.transport() + ":"
					+ delivery.channel() + " has no signed identity: "
					+ ((signature == null) ? "there is no header " + OutboxRecord.SIGNATURE_HEADER
							: "its signature is of no key under idempotency.signing.keys, or of another id")
					+ ". Let the producer sign with idempotency.signing.active, and give its key to this application, "
					+ "or set idempotency.flows.<flow>.signed-ids=ignored");
		}
		return new MessageIdentity(MessageIdentity.Kind.CLOUD_EVENT, source, id);
	}

	private static @Nullable String usable(@Nullable String text) {
		return (text != null && !text.isBlank()) ? text : null;
	}

}
