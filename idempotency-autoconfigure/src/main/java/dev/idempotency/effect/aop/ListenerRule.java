// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;

import dev.idempotency.flow.Contradiction;

import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * A listener must leave acknowledging to the container and replying to the outbox: both
 * would happen outside of the effect's transaction.
 */
final class ListenerRule implements EffectRule {

	private static final String SEND_TO = "org.springframework.messaging.handler.annotation.SendTo";

	private static final Set<String> ACKNOWLEDGING = Set.of("org.springframework.kafka.support.Acknowledgment",
			"com.rabbitmq.client.Channel", "jakarta.jms.Session");

	@Override
	public void check(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		if (!method.listener()) {
			return;
		}
		if (AsyncMethods.isAsync(method.method(), bean.type()) || ProxyRule.isAsync(bean, method)) {
			contradictions.accept(bean.contradiction(method, "@Async on a listener",
					"a method that has done its work when it returns, because its message is acknowledged then",
					"Remove @Async; the concurrency of the container says how many messages are handled at once"));
		}
		MergedAnnotations annotations = MergedAnnotations.from(method.method(), SearchStrategy.TYPE_HIERARCHY);
		if (annotations.isPresent(SEND_TO)
				|| MergedAnnotations.from(bean.type(), SearchStrategy.TYPE_HIERARCHY).isPresent(SEND_TO)) {
			contradictions.accept(bean.contradiction(method, "@SendTo",
					"no reply from the listener, because it would be sent whether or not the effect commits",
					"Remove @SendTo and give the reply to the Outbox inside the method"));
		}
		else if (!method.returnsNothing()) {
			contradictions.accept(
					bean.contradiction(method, "a listener that returns a " + method.method().getReturnType().getName(),
							"void, because a reply would be sent outside of the transaction and a redelivery has none",
							"Return nothing and give the reply to the Outbox inside the method"));
		}
		Arrays.stream(method.method().getParameterTypes())
			.filter((type) -> ACKNOWLEDGING.contains(type.getName()))
			.forEach((type) -> contradictions.accept(bean.contradiction(method, "a parameter of type " + type.getName(),
					"acknowledgement by the container after the commit",
					"Remove the parameter; the message is acknowledged when the method's transaction has committed")));
	}

}
