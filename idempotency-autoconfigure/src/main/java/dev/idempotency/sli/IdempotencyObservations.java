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
	PUBLISH("idempotency.outbox.publish");

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
		return LowCardinality.values();
	}

	@Override
	public KeyName[] getHighCardinalityKeyNames() {
		return HighCardinality.values();
	}

	/**
	 * Keys that become tags of meters.
	 */
	public enum LowCardinality implements KeyName {

		/** The flow. */
		FLOW("flow"),

		/** {@code ok}, {@code duplicate} or {@code failed}. */
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
