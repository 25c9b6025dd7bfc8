// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.web.HandlerRow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must hold before the application takes webhooks.
 */
final class WebhookRules {

	private static final Logger logger = LoggerFactory.getLogger(WebhookRules.class);

	private final Map<String, WebhookSettings> settings;

	private final List<Contradiction> contradictions = new ArrayList<>();

	WebhookRules(Map<String, WebhookSettings> settings) {
		this.settings = settings;
	}

	List<Contradiction> contradictions() {
		return this.contradictions;
	}

	void add(Contradiction contradiction) {
		this.contradictions.add(contradiction);
	}

	/**
	 * The verifier of an endpoint.
	 * @return {@code null} if its settings allow none
	 */
	@Nullable WebhookVerifier verifier(String name, ListenerFlow flow) {
		String location = flow.location();
		String property = "idempotency.webhooks." + name;
		WebhookSettings endpoint = this.settings.get(name);
		WebhookProvider provider = (endpoint != null) ? endpoint.provider() : null;
		if (endpoint == null || provider == null) {
			add(new Contradiction(location, "no " + property + ".provider", "the sender whose signatures are verified",
					"Set " + property + ".provider to github, stripe or standard"));
			return null;
		}
		if (endpoint.secrets().isEmpty() || endpoint.secrets().stream().anyMatch(String::isBlank)) {
			add(new Contradiction(location, "no secret, or an empty one, in " + property + ".secrets",
					"a secret, or anybody could call this path",
					"Set " + property + ".secrets to what the sender shows for this webhook"));
			return null;
		}
		if (!flow.effect()) {
			add(new Contradiction(location, "@WebhookEndpoint(\"" + name + "\") without @ExactlyOnceEffect",
					"an effect that is known by the id of the delivery",
					"Add @ExactlyOnceEffect(flow = …) to the method"));
			return null;
		}
		try {
			return provider.verifier(endpoint.secrets().stream().map(String::trim).toList(), endpoint.tolerance());
		}
		catch (IllegalArgumentException ex) {
			add(new Contradiction(location, "an unusable secret in " + property + ".secrets",
					String.valueOf(ex.getMessage()), "Copy the secret as the sender shows it"));
			return null;
		}
	}

	/**
	 * One request must not be verified by the rules of one endpoint and handled by
	 * another.
	 */
	void conflicts(List<WebhookRoute> routes) {
		for (WebhookRoute route : routes) {
			routes.stream()
				.filter((other) -> other.pattern().equals(route.pattern()) && other.name().compareTo(route.name()) > 0)
				.findFirst()
				.ifPresent((other) -> add(new Contradiction(route.pattern().getPatternString(),
						"two webhooks, '" + route.name() + "' and '" + other.name() + "', on one path",
						"one sender per path, whose rules are applied", "Give each its own path")));
		}
	}

	/**
	 * The row of the catalogue; checks the retention on the way.
	 */
	Flow row(String name, WebhookSettings endpoint, ListenerFlow flow, FlowPolicy policy) {
		WebhookProvider provider = endpoint.provider();
		if (provider == null) {
			throw new IllegalStateException("An endpoint without a provider has no verifier");
		}
		Duration horizon = (endpoint.horizon() != null) ? endpoint.horizon() : provider.horizon();
		if (policy.retention().compareTo(horizon) <= 0) {
			add(new Contradiction(flow.location(), "outcomes are remembered for " + policy.retention(),
					"more than " + horizon + ", for which " + provider + " may deliver again",
					"Raise idempotency.flows." + flow.name() + ".retention, or set idempotency.webhooks." + name
							+ ".redelivery-horizon to what your sender does"));
		}
		List<String> remarks = new ArrayList<>();
		remarks.add(flow.keyed() ? "identity: the key expression" : "identity: id of the delivery");
		if (endpoint.horizon() == null && policy.retention().compareTo(provider.byHand()) <= 0) {
			String remark = "delivered again by hand after " + policy.retention() + " it is a new effect; " + provider
					+ " allows that for " + provider.byHand();
			remarks.add(remark);
			logger.warn("Webhook {} of flow {}: {}", name, flow.name(), remark);
		}
		return HandlerRow.of(flow, policy, "signature of " + provider + ", then ", "", remarks);
	}

}
