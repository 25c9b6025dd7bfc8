// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.lang.reflect.Method;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;

import org.springframework.scheduling.annotation.Async;

/**
 * Reads flows straight from the annotations of a method.
 */
final class AnnotationFlows implements ListenerFlows {

	@Override
	public ListenerFlow of(Class<?> listenerType, Method method, String listenerId) {
		String location = listenerType.getSimpleName() + "." + method.getName();
		ExactlyOnceEffect effect = method.getAnnotation(ExactlyOnceEffect.class);
		if (effect != null) {
			return new ListenerFlow(effect.flow(), true, !effect.key().isEmpty(), Semantics.EFFECTIVELY_ONCE, "", "",
					location, EffectContract.LOCAL, method.isAnnotationPresent(Async.class));
		}
		DeliverySemantics declared = method.getAnnotation(DeliverySemantics.class);
		return (declared == null) ? new ListenerFlow(listenerId, false, false, null, "", "", location)
				: new ListenerFlow(listenerId, false, false, declared.value(), declared.owner(), declared.rationale(),
						location, null, method.isAnnotationPresent(Async.class));
	}

}
