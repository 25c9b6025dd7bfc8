// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.actuate;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.inbox.InDoubtEffects;
import dev.idempotency.inbox.MissingMessages;
import dev.idempotency.relay.ParkedOutbox;
import dev.idempotency.relay.RelayStatus;
import dev.idempotency.sli.EffectSlis;
import dev.idempotency.sli.FlowSli;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Shows the flow catalogue, the indicators, the relay and what was set aside. Reads
 * memory, and for what was set aside at most a bounded number of rows. Where access is
 * unrestricted, operators bring messages back with it.
 */
@Endpoint(id = "idempotency", defaultAccess = Access.READ_ONLY)
public final class IdempotencyEndpoint {

	private static final int LIMIT = 100;

	private final FlowCatalogue catalogue;

	private final EffectSlis slis;

	private final Supplier<RelayStatus> relay;

	private final ParkedMessages parked;

	private final ParkedOutbox outbox;

	private final MissingMessages missing;

	private final InDoubtEffects inDoubt;

	private final OperatorActions actions;

	/**
	 * Creates the endpoint.
	 * @param catalogue every known flow
	 * @param slis the indicators
	 * @param relay state of the relay
	 * @param parked incoming messages set aside
	 * @param outbox outgoing messages set aside
	 * @param missing incoming messages that never came
	 * @param inDoubt external effects in doubt
	 * @param actions what operators may do
	 */
	public IdempotencyEndpoint(FlowCatalogue catalogue, EffectSlis slis, Supplier<RelayStatus> relay,
			ParkedMessages parked, ParkedOutbox outbox, MissingMessages missing, InDoubtEffects inDoubt,
			OperatorActions actions) {
		this.inDoubt = inDoubt;
		this.missing = missing;
		this.catalogue = catalogue;
		this.slis = slis;
		this.relay = relay;
		this.parked = parked;
		this.outbox = outbox;
		this.actions = actions;
	}

	/**
	 * Everything on one page.
	 * @return flows, indicators, relay and counts of messages set aside
	 */
	@ReadOperation
	public Overview overview() {
		return new Overview(this.catalogue.flows(), this.slis.flows(), this.relay.get(), this.parked.counts(LIMIT),
				this.outbox.counts(LIMIT));
	}

	/**
	 * One part in full.
	 * @param part {@code catalogue}, {@code flows}, {@code slis}, {@code outbox},
	 * {@code parked}, {@code missing} or {@code in-doubt}
	 * @return the part, or {@code null} if there is none of that name
	 */
	@ReadOperation
	public @Nullable Object part(@Selector String part) {
		return switch (part) {
			case "catalogue" -> new Catalogue(this.catalogue.flows());
			case "slis" -> new Slis(this.slis.flows());
			case "outbox" -> outbox(this.relay.get());
			case "parked" -> new Parked(this.parked.newest(LIMIT));
			case "flows" -> new Modes(this.actions.modes());
			case "in-doubt" -> new InDoubt(this.inDoubt.oldest(LIMIT).stream().map(Doubt::of).toList());
			case "missing" -> new Missing(this.missing.oldest(Duration.ZERO, LIMIT));
			default -> null;
		};
	}

	private Outbox outbox(RelayStatus status) {
		return new Outbox(status.running(), status.lanes(), status.destinations(), this.outbox.newest(LIMIT),
				this.outbox.haltedKeys(LIMIT));
	}

	/**
	 * Brings back what was set aside, or gives it up. Every use is audited.
	 * @param part {@code parked}, {@code outbox}, {@code flows} or {@code in-doubt}
	 * @param operation {@code replay} or {@code discard}; {@code resume}, {@code resend}
	 * or {@code discard}; {@code pause}, {@code shadow} or {@code resume};
	 * {@code happened}, {@code did-not-happen}, {@code retry} or {@code give-up}
	 * @param id the message
	 * @param flow the flow whose oldest messages are replayed, or that is switched
	 * @param limit how many of them at most
	 * @param destination the destination of a halted key
	 * @param key the halted key
	 * @param security who asks
	 * @return what became of it
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> operate(@Selector String part, @Nullable String operation,
			@Nullable String id, @Nullable String flow, @Nullable Integer limit, @Nullable String destination,
			@Nullable String key, SecurityContext security) {
		OperatorAction action = new OperatorAction(part, (operation != null) ? operation : "", id, flow, limit,
				destination, key);
		Principal principal = security.getPrincipal();
		OperatorResult result = action.isValid()
				? this.actions.perform(action, (principal != null) ? principal.getName() : "anonymous")
				: OperatorResult.invalid(OperatorAction.USAGE);
		return new WebEndpointResponse<>(result, result.result().status());
	}

	/**
	 * A part in another form.
	 * @param part {@code catalogue}
	 * @param form {@code markdown}
	 * @return a table for architecture records, or {@code null} if there is no such form
	 */
	@ReadOperation(produces = "text/markdown;charset=UTF-8")
	public @Nullable String form(@Selector String part, @Selector String form) {
		return (part.equals("catalogue") && form.equals("markdown")) ? this.catalogue.toMarkdown() : null;
	}

	/**
	 * Everything on one page.
	 *
	 * @param flows the catalogue
	 * @param slis indicators by flow since the process started
	 * @param outbox state of the relay
	 * @param parked number of messages set aside by flow, counted up to a cap
	 * @param outboxParked number of outgoing messages set aside by destination, counted
	 * up to a cap
	 */
	public record Overview(List<Flow> flows, Map<String, FlowSli> slis, RelayStatus outbox, Map<String, Long> parked,
			Map<String, Long> outboxParked) implements OperationResponseBody {
	}

	/**
	 * The outbox.
	 *
	 * @param running whether the relay of this node runs
	 * @param lanes number of lanes it holds
	 * @param destinations the destinations it serves
	 * @param parked messages set aside, the newest first
	 * @param haltedKeys keys whose messages wait behind a parked one
	 */
	public record Outbox(boolean running, int lanes, List<RelayStatus.Destination> destinations,
			List<ParkedOutbox.Entry> parked, List<ParkedOutbox.HaltedKey> haltedKeys) implements OperationResponseBody {
	}

	/**
	 * The catalogue.
	 *
	 * @param flows every known flow
	 */
	public record Catalogue(List<Flow> flows) implements OperationResponseBody {
	}

	/**
	 * What the flows of this node do.
	 *
	 * @param modes modes by flow name
	 */
	public record Modes(Map<String, FlowMode> modes) implements OperationResponseBody {
	}

	/**
	 * The indicators.
	 *
	 * @param flows indicators by flow since the process started
	 */
	public record Slis(Map<String, FlowSli> flows) implements OperationResponseBody {
	}

	/**
	 * Messages missing from their streams.
	 *
	 * @param gaps the oldest first, those that may still come included
	 */
	public record Missing(List<MissingMessages.Gap> gaps) implements OperationResponseBody {
	}

	/**
	 * External effects in doubt.
	 *
	 * @param effects the oldest first
	 */
	public record InDoubt(List<Doubt> effects) implements OperationResponseBody {
	}

	/**
	 * An external effect in doubt. Flat, so that its identity is written out.
	 *
	 * @param id names this doubt for the operators
	 * @param flow the flow
	 * @param source the origin in which the id of the effect is unique
	 * @param effectId the id of the effect
	 * @param contract the contract it was called under
	 * @param providerKey the idempotency key it was called with, {@code null} without one
	 * @param attempts how often it was begun
	 * @param since since when it is in doubt
	 * @param reason how it came into doubt
	 */
	public record Doubt(String id, String flow, String source, String effectId, EffectContract contract,
			@Nullable String providerKey, int attempts, Instant since, String reason) {

		static Doubt of(InDoubtEffect effect) {
			EffectKey key = effect.key();
			return new Doubt(effect.id(), key.consumer(), key.source(), key.id(), effect.contract(),
					effect.providerKey(), effect.attempts(), effect.since(), effect.reason());
		}

	}

	/**
	 * Messages set aside.
	 *
	 * @param messages the newest first
	 */
	public record Parked(List<ParkedMessages.Entry> messages) implements OperationResponseBody {
	}

}
