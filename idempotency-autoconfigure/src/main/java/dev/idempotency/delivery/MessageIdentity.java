// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import dev.idempotency.effect.EffectKey;

/**
 * Where a message's id comes from, and the id.
 *
 * @param kind where it was found
 * @param source the origin in which it is unique
 * @param id the id
 */
public record MessageIdentity(Kind kind, String source, String id) {

	/**
	 * The identity as the key of a flow's effect.
	 * @param flow the flow
	 * @return the key
	 */
	public EffectKey key(String flow) {
		return new EffectKey(flow, this.source, this.id);
	}

	/**
	 * Where an identity was found, strongest first.
	 */
	public enum Kind {

		/** The expression on the annotation. */
		EXPRESSION,

		/** CloudEvents {@code source} and {@code id}. */
		CLOUD_EVENT,

		/** A configured header. */
		HEADER,

		/** AMQP {@code message_id}. */
		MESSAGE_ID,

		/** Topic, partition and offset: recognises redeliveries only. */
		POSITION

	}

}
