// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import dev.idempotency.autoconfigure.ExternalProperties.Provider;
import dev.idempotency.autoconfigure.IdempotencyProperties.ExternalFlow;
import dev.idempotency.autoconfigure.IdempotencyProperties.FlowSettings;
import dev.idempotency.effect.ProviderProfile;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.inbox.ExternalPolicies;
import dev.idempotency.inbox.ExternalSettings;
import dev.idempotency.inbox.ListedFailures;
import org.jspecify.annotations.Nullable;

/**
 * Settings of external effects from configuration properties: a flow's own over the
 * general ones.
 */
final class PropertyExternalPolicies implements ExternalPolicies {

	private static final ExternalFlow NOTHING_SET = new ExternalFlow(null, null, Set.of(), null, List.of(), List.of(),
			false);

	private final IdempotencyProperties properties;

	private final ExternalProperties external;

	private final FlowPolicies flows;

	private final Map<String, ExternalSettings> known = new ConcurrentHashMap<>();

	PropertyExternalPolicies(IdempotencyProperties properties, ExternalProperties external, FlowPolicies flows) {
		this.properties = properties;
		this.external = external;
		this.flows = flows;
		properties.flows().keySet().forEach(this::of);
	}

	@Override
	public ExternalSettings of(String flow) {
		ExternalSettings settings = this.known.get(flow);
		if (settings == null) {
			settings = settings(flow);
			this.known.put(flow, settings);
		}
		return settings;
	}

	private ExternalSettings settings(String flow) {
		FlowSettings configured = this.properties.flows().get(flow);
		ExternalFlow own = (configured != null && configured.external() != null) ? configured.external() : NOTHING_SET;
		FlowPolicy policy = this.flows.of(flow);
		try {
			return new ExternalSettings((own.lease() != null) ? own.lease() : this.external.lease(), policy.waitFor(),
					policy.retention(), (own.maxAttempts() != null) ? own.maxAttempts() : this.external.maxAttempts(),
					(own.provider() != null) ? provider(flow, own.provider()) : null, own.hosts(),
					new ListedFailures(own.notExecuted(), own.rejectOn()), own.allowInTransaction());
		}
		catch (IllegalArgumentException ex) {
			throw new ContradictionException(new Contradiction("idempotency.flows." + flow + ".external",
					String.valueOf(ex.getMessage()), "settings an external effect can be kept with",
					"Correct the property, or the general one in idempotency.external"));
		}
	}

	private ProviderProfile provider(String flow, String name) {
		Provider own = this.external.providers().get(name);
		if (own != null) {
			return new ProviderProfile(name, own.header(), own.maxLength(), own.charset(), own.retention(),
					own.stickyErrors());
		}
		@Nullable ProviderProfile known = ProviderProfile.known(name);
		if (known == null) {
			throw new ContradictionException(
					new Contradiction("idempotency.flows." + flow + ".external.provider", "provider '" + name + "'",
							"stripe, adyen, paypal, generic, or one of "
									+ new TreeSet<>(this.external.providers().keySet()),
							"Describe it in idempotency.external.providers." + name));
		}
		return known;
	}

}
