// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.actuate;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.delivery.Replay;
import dev.idempotency.delivery.Replays;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.inbox.InDoubtEffects;
import dev.idempotency.relay.ParkedOutbox;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.audit.AuditEvent;

/**
 * Does what operators ask for, and keeps a record of it.
 */
public final class OperatorActions {

	/** Type of the audit events. */
	public static final String AUDIT_TYPE = "IDEMPOTENCY_OPERATION";

	private static final Logger logger = LoggerFactory.getLogger(OperatorActions.class);

	private final Replays replays;

	private final ParkedOutbox outbox;

	private final Supplier<List<FlowSwitch>> switches;

	private final InDoubtActions inDoubt;

	private final EffectListener events;

	private final Consumer<AuditEvent> audit;

	/**
	 * Creates the actions.
	 * @param replays incoming messages set aside
	 * @param outbox outgoing messages set aside
	 * @param inDoubt external effects in doubt
	 * @param switches switch the flows of this node
	 * @param events hears of changes
	 * @param audit keeps the record
	 */
	public OperatorActions(Replays replays, ParkedOutbox outbox, InDoubtEffects inDoubt,
			Supplier<List<FlowSwitch>> switches, EffectListener events, Consumer<AuditEvent> audit) {
		this.events = events;
		this.inDoubt = new InDoubtActions(inDoubt);
		this.switches = switches;
		this.replays = replays;
		this.outbox = outbox;
		this.audit = audit;
	}

	OperatorResult perform(OperatorAction action, String principal) {
		OperatorResult result;
		try {
			result = act(action, principal);
		}
		catch (RuntimeException ex) {
			record(action, principal, "FAILED: " + ex);
			throw ex;
		}
		record(action, principal, result.result() + ": " + result.detail());
		return result;
	}

	private OperatorResult act(OperatorAction action, String principal) {
		return switch (action.part()) {
			case "parked" -> incoming(action);
			case "flows" -> change(Objects.requireNonNull(action.flow()), mode(action.operation()), principal);
			case "in-doubt" -> this.inDoubt.resolve(action.operation(), Objects.requireNonNull(action.id()), principal);
			default -> outgoing(action);
		};
	}

	private static FlowMode mode(String operation) {
		return switch (operation) {
			case "pause" -> FlowMode.PAUSED;
			case "shadow" -> FlowMode.SHADOW;
			default -> FlowMode.ACTIVE;
		};
	}

	private OperatorResult change(String flow, FlowMode mode, String principal) {
		for (FlowSwitch each : this.switches.get()) {
			String objection = each.objection(flow, mode);
			if (objection != null) {
				return OperatorResult.refused(0, objection);
			}
		}
		long changed = this.switches.get().stream().filter((each) -> each.change(flow, mode)).count();
		if (changed > 0) {
			this.events.on(new EffectEvent.ModeChanged(flow, mode.name(), principal));
		}
		return (changed > 0) ? OperatorResult.done(0, "flow " + flow + " is " + mode + " on this node")
				: OperatorResult.unknown("flow " + flow + " is not on this node");
	}

	/**
	 * What the flows of this node do.
	 */
	Map<String, FlowMode> modes() {
		Map<String, FlowMode> modes = new TreeMap<>();
		this.switches.get().forEach((each) -> modes.putAll(each.modes()));
		return modes;
	}

	private OperatorResult incoming(OperatorAction action) {
		if (action.operation().equals("discard")) {
			return discard(Objects.requireNonNull(action.id()));
		}
		return (action.id() != null) ? replay(action.id()) : replayMany(action);
	}

	private OperatorResult outgoing(OperatorAction action) {
		return switch (action.operation()) {
			case "resume" -> resume(Objects.requireNonNull(action.destination()), Objects.requireNonNull(action.key()));
			case "discard" -> discardOutgoing(Objects.requireNonNull(action.id()));
			default -> resend(Objects.requireNonNull(action.id()));
		};
	}

	private OperatorResult replay(String id) {
		Replay replay = this.replays.replay(id);
		if (replay instanceof Replay.Sent sent) {
			return OperatorResult.done(1, "sent to flow " + sent.flow() + " by way of " + sent.destination() + " as "
					+ sent.messageId() + " of " + sent.source());
		}
		return (replay instanceof Replay.Refused refused) ? OperatorResult.refused(0, refused.reason()) : notParked(id);
	}

	private OperatorResult replayMany(OperatorAction action) {
		Replay.Summary summary = this.replays.replay(Objects.requireNonNull(action.flow()),
				Objects.requireNonNull(action.limit()));
		String sent = summary.sent() + " sent";
		return (summary.refused() == 0) ? OperatorResult.done(summary.sent(), sent) : OperatorResult
			.refused(summary.sent(), sent + ", " + summary.refused() + " refused: " + summary.firstReason());
	}

	private OperatorResult discard(String id) {
		return this.replays.discard(id) ? OperatorResult.done(1, "given up, kept until the retention is over")
				: notParked(id);
	}

	private static OperatorResult notParked(String id) {
		return OperatorResult.unknown("no message " + id + " is set aside; it may have been replayed or discarded");
	}

	private OperatorResult resume(String destination, String key) {
		OptionalInt messages = this.outbox.resume(destination, key);
		return messages.isPresent() ? OperatorResult.done(messages.getAsInt(), "waiting again in their old place")
				: OperatorResult.unknown("key " + key + " of " + destination + " is not halted");
	}

	private OperatorResult resend(String id) {
		return switch (this.outbox.resend(id)) {
			case WAITING -> OperatorResult.done(1, "waiting again in its old place");
			case UNKNOWN -> noOutgoing(id);
			case KEY_HALTED -> OperatorResult.refused(0, "its key is halted: resume the key, so that order is kept");
		};
	}

	private OperatorResult discardOutgoing(String id) {
		return this.outbox.discard(id)
			.map((gone) -> OperatorResult.done(1,
					"message " + gone.messageId() + " to " + gone.destination()
							+ " is given up and deleted; a halted key still waits to be resumed"))
			.orElseGet(() -> noOutgoing(id));
	}

	private static OperatorResult noOutgoing(String id) {
		return OperatorResult.unknown("no outgoing message " + id + " is set aside");
	}

	/**
	 * What was done stays done, whatever becomes of its record.
	 */
	private void record(OperatorAction action, String principal, String result) {
		logger.info("Operator {}: {} {}: {}", principal, action.operation(), action.target(), result);
		try {
			this.audit.accept(new AuditEvent(principal, AUDIT_TYPE,
					Map.of("operation", action.operation(), "target", action.target(), "result", result)));
		}
		catch (RuntimeException ex) {
			logger.error("The audit event of operator {} for {} {} ({}) was not kept", principal, action.operation(),
					action.target(), result, ex);
		}
	}

}
