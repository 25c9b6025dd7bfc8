// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Type;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.ResultType;
import dev.idempotency.inbox.LocalEffects;
import dev.idempotency.inbox.Results;
import dev.idempotency.inbox.UnitOfWork;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * The template, on the same parts as the annotation. Its transaction has the rollback
 * rules of a bare {@code @Transactional}.
 */
final class TransactionalEffectTemplate implements EffectTemplate {

	private final ListableBeanFactory beans;

	private final EffectIdentities identities;

	private final EffectTransactions transactions;

	private final Supplier<LocalEffects> effects;

	private final ExternalMethods external;

	private final ConcurrentMap<Type, MethodResults> results = new ConcurrentHashMap<>();

	private volatile @Nullable UnitOfWork unit;

	TransactionalEffectTemplate(ListableBeanFactory beans, EffectIdentities identities, EffectTransactions transactions,
			Supplier<LocalEffects> effects, ExternalMethods external) {
		this.beans = beans;
		this.external = external;
		this.identities = identities;
		this.transactions = transactions;
		this.effects = effects;
	}

	@Override
	public <T extends @Nullable Object> EffectResult<T> execute(String flow, String id, @Nullable Object content,
			EffectBody<T> body) {
		return run(this.identities.call(flow, id, content), body, Results.none());
	}

	@Override
	public <T extends @Nullable Object> EffectResult<T> execute(EffectContract contract, String flow, String id,
			@Nullable Object content, EffectBody<T> body) {
		if (contract == EffectContract.LOCAL) {
			return execute(flow, id, content, body);
		}
		EffectCall call = this.identities.call(flow, id, content);
		return unchecked(call.key(), () -> this.external.run(contract, call, body));
	}

	@Override
	@SuppressWarnings({ "unchecked", "NullAway" })
	public <T extends @Nullable Object> T call(String flow, String id, @Nullable Object content,
			ResultType<@NonNull T> type, EffectBody<T> body) {
		EffectCall call = this.identities.call(flow, id, content);
		MethodResults results = this.results.computeIfAbsent(type.type(), (it) -> MethodResults.of(this.beans, it));
		EffectResult<T> result = run(call, body, results.local((value) -> value));
		if (result instanceof EffectResult.Applied<T> applied) {
			return applied.value();
		}
		return (T) results.again(call.key(), (EffectResult.Duplicate<?>) result);
	}

	private <T extends @Nullable Object> EffectResult<T> run(EffectCall call, EffectBody<T> body, Results<T> results) {
		return unchecked(call.key(), () -> this.effects.get().run(call, unit(), body, results));
	}

	private static <T> T unchecked(EffectKey key, EffectBody<T> work) {
		try {
			return work.run();
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new UndeclaredThrowableException(ex, "The body of effect " + key + " failed: " + ex);
		}
	}

	private UnitOfWork unit() {
		UnitOfWork known = this.unit;
		if (known == null) {
			known = this.transactions.unit();
			this.unit = known;
		}
		return known;
	}

}
