// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Method;
import java.util.function.Supplier;

import dev.idempotency.delivery.EffectGroup;
import dev.idempotency.delivery.EffectGroups;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.inbox.LocalEffects;
import org.jspecify.annotations.Nullable;

/**
 * Groups of the effects of annotated listener methods.
 */
final class AnnotatedEffectGroups implements EffectGroups {

	private final EffectMethods methods;

	private final EffectIdentities identities;

	private final EffectTransactions transactions;

	private final Supplier<LocalEffects> effects;

	AnnotatedEffectGroups(EffectMethods methods, EffectIdentities identities, EffectTransactions transactions,
			Supplier<LocalEffects> effects) {
		this.methods = methods;
		this.identities = identities;
		this.transactions = transactions;
		this.effects = effects;
	}

	@Override
	public EffectGroup of(Class<?> listenerType, Method method) {
		EffectMethod effect = this.methods.find(method, listenerType);
		if (effect == null) {
			throw new UnprotectedEffectException("No effect annotation found on " + EffectMethod.location(method));
		}
		if (effect.external()) {
			throw new ContradictionException(external(effect));
		}
		KeyExpression key = effect.keyed() ? KeyExpression.parse(effect) : null;
		if (key != null && key.readsArguments()) {
			throw new ContradictionException(contradiction(effect));
		}
		return new MethodEffects(effect, key, this.transactions.unit(effect, listenerType), this.identities,
				this.effects);
	}

	private static Contradiction external(EffectMethod method) {
		return new Contradiction(method.location(),
				"contract = " + method.annotation().contract() + " and several messages at once",
				"one message at a time, because each call of the outside world has a claim and an outcome of its own",
				"Take the messages one by one: no batch listener, and no group for flow " + method.flow());
	}

	private static Contradiction contradiction(EffectMethod method) {
		return new Contradiction(method.location(), "key = \"" + method.key() + "\" and several messages at once",
				"a key that reads #headers and #delivery only, because the claims of all messages are made before "
						+ "the method's arguments are",
				"Read the id from a header, leave the key out so that the message's own identity counts, "
						+ "or take the messages one by one");
	}

}
