// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import dev.idempotency.effect.EffectObservation.Step;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * Every observation of this library.
 */
public enum IdempotencyObservations implements ObservationDocumentation {

	/** From the call of an effect to its commit. */
	EFFECT("idempotency.effect"),

	/** The claim of an effect, waiting included. */
	CLAIM("idempotency.claim"),

	/** The business code of an effect. */
	BODY("idempotency.body"),

	/**
	 * The write of a message into the outbox; starts the trace its consumers continue.
	 */
	PUBLISH("idempotency.outbox.publish"),

	/**
	 * A sending of a message by the relay, to the broker's answer. Repeats are
	 * observations of their own; all belong to the trace the message was written in.
	 */
	SEND("idempotency.relay.send");

	private final String observationName;

	IdempotencyObservations(String observationName) {
		this.observationName = observationName;
	}

	static IdempotencyObservations of(Step step) {
		return switch (step) {
			case EFFECT -> EFFECT;
			case CLAIM -> CLAIM;
			case BODY -> BODY;
		};
	}

	@Override
	public String getName() {
		return this.observationName;
	}

	@Override
	public KeyName[] getLowCardinalityKeyNames() {
		return switch (this) {
			case EFFECT, CLAIM, BODY -> new KeyName[] { LowCardinality.FLOW, LowCardinality.RESULT };
			case PUBLISH -> new KeyName[0];
			case SEND -> new KeyName[] { LowCardinality.DESTINATION, LowCardinality.RESULT };
		};
	}

	@Override
	public KeyName[] getHighCardinalityKeyNames() {
		return (this != PUBLISH) ? HighCardinality.values() : new KeyName[0];
	}

	/**
	 * Keys that become tags of meters.
	 */
	public enum LowCardinality implements KeyName {

		/** The flow. */
		FLOW("flow"),

		/** Where the message goes. */
		DESTINATION("destination"),

		/**
		 * {@code ok}, {@code duplicate} or {@code failed}; of a sending
		 * {@code confirmed}, {@code refused} or {@code unavailable}.
		 */
		RESULT("result");

		private final String key;

		LowCardinality(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Keys that go to traces only.
	 */
	public enum HighCardinality implements KeyName {

		/** Source of the message. */
		MESSAGE_SOURCE("message.source"),

		/** Id of the message. */
		MESSAGE_ID("message.id");

		private final String key;

		HighCardinality(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

}
