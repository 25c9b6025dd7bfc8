// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.time.Clock;
import java.util.Arrays;
import java.util.function.Supplier;

import dev.idempotency.delivery.CallSwitch;
import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.MessageIdentities;
import dev.idempotency.delivery.ShadowCall;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.Fingerprinter;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.Position;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.FlowPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Gives a call its identity and its fingerprint, once, before the body can change what
 * they are made from.
 */
final class EffectIdentities {

	private final Supplier<FlowPolicies> policies;

	private final Supplier<Fingerprinter> fingerprinter;

	private final Supplier<EffectListener> listener;

	private final Supplier<CallSwitch> gate;

	private final Clock clock;

	EffectIdentities(Supplier<FlowPolicies> policies, Supplier<Fingerprinter> fingerprinter,
			Supplier<EffectListener> listener, Supplier<CallSwitch> gate, Clock clock) {
		this.gate = gate;
		this.policies = policies;
		this.fingerprinter = fingerprinter;
		this.listener = listener;
		this.clock = clock;
	}

	/**
	 * The call of an annotated method.
	 */
	EffectCall call(EffectMethod method, @Nullable KeyExpression key, @Nullable Object[] arguments) {
		return guarded(method.flow(), () -> {
			FlowPolicy policy = this.policies.get().of(method.flow());
			if (!method.listener()) {
				this.gate.get().pass(method.flow(), policy);
			}
			Delivery delivery = CurrentDelivery.get();
			EffectKey identity = (key != null) ? fromExpression(method, key, arguments, signed(delivery, policy))
					: fromDelivery(method, arguments, delivery, policy);
			if (method.handler() && key != null) {
				CurrentDelivery.identify(method.flow(), arguments);
			}
			if (method.listener() && delivery != null) {
				return ofMessage(identity, key != null, delivery, policy);
			}
			Object content = (delivery != null && key == null) ? delivery.content() : Arrays.asList(arguments);
			return call(identity, content, policy, null);
		});
	}

	/**
	 * The call that a message will make. Its key reads no arguments.
	 */
	EffectCall call(EffectMethod method, @Nullable KeyExpression key, Delivery delivery) {
		return guarded(method.flow(), () -> identify(method, key, delivery));
	}

	/**
	 * The same for a message that is tried alone if it has no identity, and reported
	 * then.
	 */
	EffectCall identify(EffectMethod method, @Nullable KeyExpression key, Delivery delivery) {
		FlowPolicy policy = this.policies.get().of(method.flow());
		EffectKey identity = (key != null)
				? fromExpression(method, key, new Object[method.method().getParameterCount()], signed(delivery, policy))
				: MessageIdentities.of(delivery, policy.identity()).key(method.flow());
		return ofMessage(identity, key != null, delivery, policy);
	}

	/**
	 * The call of code without a proxy.
	 */
	EffectCall call(String flow, String id, @Nullable Object content) {
		return guarded(flow, () -> {
			FlowPolicy policy = this.policies.get().of(flow);
			this.gate.get().pass(flow, policy);
			signed(CurrentDelivery.get(), policy);
			return call(new EffectKey(flow, flow, id), content, policy, null);
		});
	}

	private EffectCall ofMessage(EffectKey identity, boolean keyed, Delivery delivery, FlowPolicy policy) {
		Position place = keyed ? null : delivery.place();
		boolean byKey = place == null || place instanceof Position.Unordered;
		return call(identity, byKey ? delivery.content() : null, policy, place);
	}

	private EffectCall call(EffectKey key, @Nullable Object content, FlowPolicy policy, @Nullable Position place) {
		return new EffectCall(key, (content != null) ? this.fingerprinter.get().fingerprint(content) : null,
				new EffectCall.Settings(policy.waitFor(), policy.retention()), place);
	}

	/**
	 * An expression may read anything of a message; where ids must be signed, it reads
	 * nothing of one that is not.
	 */
	private static @Nullable Delivery signed(@Nullable Delivery delivery, FlowPolicy policy) {
		if (delivery != null && policy.identity().signedBy() != null) {
			MessageIdentities.of(delivery, policy.identity());
		}
		return delivery;
	}

	private EffectKey fromExpression(EffectMethod method, KeyExpression key, @Nullable Object[] arguments,
			@Nullable Delivery delivery) {
		try {
			return new EffectKey(method.flow(), source(method, delivery),
					IdentityText.of(key.evaluate(arguments, delivery, this.clock)));
		}
		catch (IllegalArgumentException | InvalidIdentityException ex) {
			throw new InvalidIdentityException(describe(method) + " " + ex.getMessage(), ex);
		}
		catch (RuntimeException ex) {
			throw new InvalidIdentityException(describe(method) + " cannot be evaluated"
					+ ((delivery == null) ? " (outside of a message, #headers and #delivery are null)" : "") + ": "
					+ ex.getMessage() + "; refuse such arguments earlier, or name a value that is always there", ex);
		}
	}

	/**
	 * What a handler finds in a request is what its caller wrote there: one caller's
	 * order 42 is not another's.
	 */
	private static String source(EffectMethod method, @Nullable Delivery delivery) {
		String caller = (method.handler() && delivery != null && delivery.transport().equals(Delivery.HTTP))
				? delivery.attributes().get("source") : null;
		return (caller != null) ? method.source() + " " + caller : method.source();
	}

	private static EffectKey fromDelivery(EffectMethod method, @Nullable Object[] arguments,
			@Nullable Delivery delivery, FlowPolicy policy) {
		if (delivery == null) {
			throw new InvalidIdentityException(method.location() + " of flow '" + method.flow()
					+ "' was called outside of a message and has no key; give @ExactlyOnceEffect a key expression, "
					+ (method.handler() ? "or let Spring MVC call it for a request that is not safe"
							: "or call it on the listener's own thread"));
		}
		if (delivery.transport().equals(Delivery.HTTP) && !method.handler()) {
			throw new InvalidIdentityException(method.location() + " of flow '" + method.flow()
					+ "' has no key, and that of the request " + delivery.position() + " is for its handler alone; "
					+ "give @ExactlyOnceEffect a key expression");
		}
		EffectKey key = MessageIdentities.of(delivery, policy.identity()).key(method.flow());
		if (!CurrentDelivery.identify(method.flow(), arguments)) {
			throw new InvalidIdentityException("Message " + delivery.position() + " already identifies another call of "
					+ method.location() + " in flow '" + method.flow() + "', which would make this one a duplicate; "
					+ "give @ExactlyOnceEffect a key expression that tells the calls apart");
		}
		return key;
	}

	private static String describe(EffectMethod method) {
		return "Key expression '" + method.key() + "' of " + method.location() + " in flow '" + method.flow() + "'";
	}

	private EffectCall guarded(String flow, Supplier<EffectCall> call) {
		try {
			return call.get();
		}
		catch (InvalidIdentityException ex) {
			if (ShadowCall.isOpen()) {
				ShadowCall.leave(ex);
				throw ex;
			}
			this.listener.get().on(new EffectEvent.Refused(flow, String.valueOf(ex.getMessage())));
			throw ex;
		}
	}

}
