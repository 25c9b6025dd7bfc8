// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.idempotency.autoconfigure.IdempotencyProperties.FlowSettings;
import dev.idempotency.effect.SigningKeys;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.InboxMode;
import dev.idempotency.flow.SignedIds;
import dev.idempotency.flow.StoreOutage;
import org.jspecify.annotations.Nullable;

/**
 * Policies from configuration properties: a flow's own settings over the general ones.
 */
final class PropertyFlowPolicies implements FlowPolicies {

	private static final FlowSettings NOTHING_SET = new FlowSettings(null, "", "", null, null, null, null, null, null,
			null, null, InboxMode.AUTO, null, FlowMode.ACTIVE, null, SignedIds.IGNORED, StoreOutage.STALL);

	private final IdempotencyProperties properties;

	private final SigningKeys keys;

	private final Map<String, FlowPolicy> configured;

	private final FlowPolicy unconfigured;

	PropertyFlowPolicies(IdempotencyProperties properties, SigningKeys keys) {
		this.properties = properties;
		this.keys = keys;
		List<Contradiction> contradictions = properties.flows()
			.entrySet()
			.stream()
			.filter((flow) -> flow.getValue().signedIds() == SignedIds.REQUIRED && keys.isEmpty())
			.map((flow) -> new Contradiction("idempotency.flows." + flow.getKey() + ".signed-ids",
					"required, and no key that could have signed", "the keys of those who send to the flow",
					"Set idempotency.signing.keys"))
			.toList();
		if (!contradictions.isEmpty()) {
			throw new ContradictionException(contradictions);
		}
		this.configured = properties.flows()
			.entrySet()
			.stream()
			.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, (flow) -> policy(flow.getValue())));
		this.unconfigured = policy(NOTHING_SET);
	}

	@Override
	public FlowPolicy of(String flow) {
		return this.configured.getOrDefault(flow, this.unconfigured);
	}

	private FlowPolicy policy(FlowSettings settings) {
		return new FlowPolicy(settings.semantics(), settings.owner(), settings.rationale(),
				or(settings.retention(), this.properties.inbox().retention()),
				or(settings.waitFor(), this.properties.inbox().waitFor()), identity(settings), retry(settings),
				settings.inbox(), group(settings), settings.mode(), settings.onStoreOutage());
	}

	private FlowPolicy.Identity identity(FlowSettings settings) {
		String header = settings.identityHeader();
		return new FlowPolicy.Identity((header != null) ? header : this.properties.identity().header(),
				or(settings.positionIdentity(), this.properties.identity().position()),
				(settings.signedIds() == SignedIds.REQUIRED) ? this.keys : null);
	}

	private FlowPolicy.Retry retry(FlowSettings settings) {
		Duration maxDelay = or(settings.maxDelay(), this.properties.retry().maxDelay());
		return new FlowPolicy.Retry(or(settings.maxAttempts(), this.properties.retry().maxAttempts()),
				or(settings.initialDelay(), this.properties.retry().initialDelay()), maxDelay, settings.deadLetter());
	}

	private static FlowPolicy.@Nullable Group group(FlowSettings settings) {
		IdempotencyProperties.GroupSettings group = settings.group();
		return (group != null) ? new FlowPolicy.Group(group.maxRecords(), group.maxTime()) : null;
	}

	private static <T> T or(@Nullable T value, T other) {
		return (value != null) ? value : other;
	}

}
