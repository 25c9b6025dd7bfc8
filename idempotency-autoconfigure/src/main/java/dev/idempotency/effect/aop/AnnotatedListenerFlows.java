// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Method;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Reads a listener's flow from the method, the methods it overrides, and those of its
 * interfaces.
 */
final class AnnotatedListenerFlows implements ListenerFlows {

	private final EffectMethods methods;

	AnnotatedListenerFlows(EffectMethods methods) {
		this.methods = methods;
	}

	@Override
	public ListenerFlow of(Class<?> listenerType, Method method, String listenerId) {
		Method specific = AopUtils.getMostSpecificMethod(method, listenerType);
		EffectMethod effect = this.methods.find(method, listenerType);
		DeliverySemantics declared = AnnotatedElementUtils.findMergedAnnotation(specific, DeliverySemantics.class);
		String location = EffectMethod.location(specific);
		boolean async = AsyncMethods.isAsync(specific, listenerType);
		if (effect != null) {
			return effectFlow(effect, declared, location, async);
		}
		if (declared == null) {
			return new ListenerFlow(listenerId, false, false, null, "", "", location, null, async);
		}
		String name = declared.flow().isEmpty() ? listenerId : declared.flow();
		return new ListenerFlow(name, false, false, declared.value(), declared.owner(), declared.rationale(), location,
				null, async);
	}

	private static ListenerFlow effectFlow(EffectMethod effect, @Nullable DeliverySemantics declared, String location,
			boolean async) {
		if (declared == null) {
			return new ListenerFlow(effect.flow(), true, effect.keyed(), Semantics.EFFECTIVELY_ONCE, "", "", location,
					effect.annotation().contract(), async);
		}
		if (declared.value() != Semantics.EFFECTIVELY_ONCE) {
			throw contradiction(location, "@DeliverySemantics(" + declared.value() + ")", "EFFECTIVELY_ONCE or none");
		}
		if (!declared.flow().isEmpty() && !declared.flow().equals(effect.flow())) {
			throw contradiction(location, "@DeliverySemantics(flow = \"" + declared.flow() + "\")",
					"flow \"" + effect.flow() + "\" or none");
		}
		return new ListenerFlow(effect.flow(), true, effect.keyed(), Semantics.EFFECTIVELY_ONCE, declared.owner(),
				declared.rationale(), location, effect.annotation().contract(), async);
	}

	private static ContradictionException contradiction(String location, String found, String needed) {
		return new ContradictionException(new Contradiction(location, found + " beside @ExactlyOnceEffect", needed,
				"Remove one of the two annotations, or make them agree"));
	}

}
