// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

import dev.idempotency.delivery.ShadowCall;
import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.LocalEffects;
import dev.idempotency.inbox.ResultEncoding;
import dev.idempotency.inbox.Results;
import dev.idempotency.inbox.UnitOfWork;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.MethodClassKey;

/**
 * Runs an annotated method as the effect its contract says.
 */
final class EffectInterceptor implements MethodInterceptor {

	private final ListableBeanFactory beans;

	private final EffectMethods methods;

	private final EffectIdentities identities;

	private final EffectTransactions transactions;

	private final Supplier<LocalEffects> effects;

	private final ExternalMethods external;

	private final ConcurrentMap<MethodClassKey, Plan> plans = new ConcurrentHashMap<>();

	EffectInterceptor(ListableBeanFactory beans, EffectMethods methods, EffectIdentities identities,
			EffectTransactions transactions, Supplier<LocalEffects> effects, ExternalMethods external) {
		this.beans = beans;
		this.external = external;
		this.methods = methods;
		this.identities = identities;
		this.transactions = transactions;
		this.effects = effects;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Plan plan = plan(invocation);
		ClaimedCall claimed = ClaimedCall.take(plan.method());
		if (claimed != null) {
			Returned returned = claimed
				.run(() -> new Returned(LateResults.refuse(invocation.proceed(), plan.method())));
			return (returned != null) ? returned.value() : null;
		}
		EffectCall call = this.identities.call(plan.method(), plan.key(), invocation.getArguments());
		if (ShadowCall.isOpen()) {
			ShadowCall.leave(call);
			return null;
		}
		EffectBody<Returned> body = () -> new Returned(LateResults.refuse(invocation.proceed(), plan.method()));
		UnitOfWork unit = plan.unit();
		EffectResult<Returned> result = (unit != null) ? this.effects.get().run(call, unit, body, plan.kept())
				: this.external.run(plan.method().annotation().contract(), call, plan.claimed(), body);
		if (result instanceof EffectResult.Applied<Returned> applied) {
			return applied.value().value();
		}
		if (plan.method().returnsNothing() && !plan.method().handler()) {
			return null;
		}
		return plan.results().again(call.key(), (EffectResult.Duplicate<?>) result);
	}

	private Plan plan(MethodInvocation invocation) {
		Object target = invocation.getThis();
		Class<?> type = (target != null) ? AopUtils.getTargetClass(target) : invocation.getMethod().getDeclaringClass();
		MethodClassKey key = new MethodClassKey(invocation.getMethod(), type);
		Plan plan = this.plans.get(key);
		if (plan == null) {
			plan = prepare(invocation, type);
			this.plans.put(key, plan);
		}
		return plan;
	}

	private Plan prepare(MethodInvocation invocation, Class<?> type) {
		EffectMethod method = this.methods.find(invocation.getMethod(), type);
		if (method == null) {
			throw new UnprotectedEffectException(
					"No effect annotation found on " + EffectMethod.location(invocation.getMethod()) + " as seen from "
							+ type.getName() + "; put @ExactlyOnceEffect on the method of the class itself");
		}
		KeyExpression key = method.keyed() ? KeyExpression.parse(method) : null;
		MethodResults results = MethodResults.of(this.beans, method, type);
		return new Plan(method, key, method.external() ? null : this.transactions.unit(method, type), results,
				results.local(Returned::value), results.external(Returned::value));
	}

	/**
	 * What is known of a method before its first call; an external effect has no
	 * transaction.
	 */
	private record Plan(EffectMethod method, @Nullable KeyExpression key, @Nullable UnitOfWork unit,
			MethodResults results, Results<Returned> kept, ResultEncoding<Returned> claimed) {
	}

	/**
	 * What the method returned.
	 */
	private record Returned(@Nullable Object value) {
	}

}
