// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;

/**
 * Every meter of this library.
 */
public enum IdempotencyMeters implements MeterDocumentation {

	/** Decisions about effects, by flow and result. */
	EFFECTS("idempotency.effects", "Decisions about effects", Meter.Type.COUNTER),

	/** Messages that reached a listener, by flow and whether the broker marked them. */
	DELIVERIES("idempotency.deliveries", "Messages that reached a listener", Meter.Type.COUNTER),

	/** Deliveries that failed and are repeated, by flow and fault. */
	RETRIES("idempotency.retries", "Deliveries that failed and are repeated", Meter.Type.COUNTER),

	/** Time spent on the claim, by flow. */
	CLAIM_WAIT("idempotency.claim.wait", "Time spent on the claim", Meter.Type.TIMER),

	/** Time from the call to the commit, by flow. */
	EFFECT_DURATION("idempotency.effect.duration", "Time from the call to the commit", Meter.Type.TIMER),

	/** Decisions about one-time tokens, by purpose and result. */
	TOKEN_DECISIONS("idempotency.token.decisions", "Decisions about one-time tokens", Meter.Type.COUNTER),

	/** Decisions of the relay, by destination and result. */
	OUTBOX_MESSAGES("idempotency.outbox.messages", "Decisions of the relay about messages", Meter.Type.COUNTER),

	/** Time from the insert of a message to its confirmation, by destination. */
	OUTBOX_LATENCY("idempotency.outbox.latency", "Time from the insert of a message to its confirmation",
			Meter.Type.TIMER),

	/** Messages waiting, by destination; counted up to a cap. */
	OUTBOX_DEPTH("idempotency.outbox.depth", "Messages waiting, counted up to a cap", Meter.Type.GAUGE),

	/** Age of the oldest waiting message in seconds, by destination. */
	OUTBOX_OLDEST_AGE("idempotency.outbox.oldest.age", "Age of the oldest waiting message", Meter.Type.GAUGE),

	/** Incoming messages set aside, by flow; counted up to a cap. */
	PARKED_DEPTH("idempotency.parked.depth", "Incoming messages set aside, counted up to a cap", Meter.Type.GAUGE),

	/** External effects in doubt, by flow. */
	IN_DOUBT("idempotency.in.doubt", "External effects in doubt", Meter.Type.GAUGE),

	/** Age of the oldest effect in doubt in seconds, by flow. */
	IN_DOUBT_OLDEST_AGE("idempotency.in.doubt.oldest.age", "Age of the oldest external effect in doubt",
			Meter.Type.GAUGE),

	/** What a flow does on this node, by flow and mode: 1 for the mode it is in. */
	FLOW_MODE("idempotency.flow.mode", "Whether a flow is in this mode on this node", Meter.Type.GAUGE),

	/** Messages missing from their streams, by flow. */
	MISSING("idempotency.missing", "Messages missing from their streams", Meter.Type.GAUGE),

	/** Outgoing messages set aside, by destination; counted up to a cap. */
	OUTBOX_PARKED_DEPTH("idempotency.outbox.parked.depth", "Outgoing messages set aside, counted up to a cap",
			Meter.Type.GAUGE),

	/** Whether the circuit breaker of a destination is open. */
	RELAY_BREAKER_OPEN("idempotency.relay.breaker.open", "Whether the circuit breaker of a destination is open",
			Meter.Type.GAUGE),

	/** Lanes this node relays. */
	RELAY_LANES("idempotency.relay.lanes", "Lanes this node relays", Meter.Type.GAUGE),

	/** Lanes this node took over, lost without giving them back. */
	RELAY_LANE_CHANGES("idempotency.relay.lane.changes", "Lanes taken over or lost", Meter.Type.COUNTER);

	private final String meterName;

	private final String text;

	private final Meter.Type type;

	IdempotencyMeters(String meterName, String text, Meter.Type type) {
		this.meterName = meterName;
		this.text = text;
		this.type = type;
	}

	@Override
	public String getName() {
		return this.meterName;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	/**
	 * What the meter says.
	 * @return a sentence without a full stop
	 */
	String description() {
		return this.text;
	}

}
