// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.function.Supplier;

import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.inbox.ExternalCall;
import dev.idempotency.inbox.ExternalEffects;
import dev.idempotency.inbox.ExternalPolicies;
import dev.idempotency.inbox.ExternalSettings;
import dev.idempotency.inbox.ResultEncoding;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;

/**
 * Runs code as an external effect: outside of every transaction, or where one is allowed
 * around it, without a part in it.
 */
final class ExternalMethods {

	private final Supplier<ExternalEffects> effects;

	private final Supplier<ExternalPolicies> policies;

	private final OpenTransactions transactions;

	ExternalMethods(BeanFactory beans, OpenTransactions transactions) {
		this.effects = () -> beans.getBean(ExternalEffects.class);
		this.policies = () -> beans.getBean(ExternalPolicies.class);
		this.transactions = transactions;
	}

	/**
	 * Runs code without a proxy. Its result is not stored.
	 */
	<T extends @Nullable Object> EffectResult<T> run(EffectContract contract, EffectCall call, EffectBody<T> body)
			throws Throwable {
		return run(contract, call, (value) -> null, body);
	}

	/**
	 * Runs an annotated method.
	 */
	<T extends @Nullable Object> EffectResult<T> run(EffectContract contract, EffectCall call,
			ResultEncoding<T> encoding, EffectBody<T> body) throws Throwable {
		ExternalSettings settings = this.policies.get().of(call.key().consumer());
		boolean inside = this.transactions.check(call.key(), settings.allowInTransaction());
		EffectResult<T> result = this.effects.get()
			.run(new ExternalCall(call.key(), call.fingerprint(), contract, settings), encoding, body);
		if (inside && result instanceof EffectResult.Applied) {
			this.transactions.reportRollback(call.key());
		}
		return result;
	}

}
