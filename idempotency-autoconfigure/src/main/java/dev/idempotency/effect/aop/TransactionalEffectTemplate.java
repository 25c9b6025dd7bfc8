// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.inbox.LocalEffects;
import dev.idempotency.inbox.UnitOfWork;
import org.jspecify.annotations.Nullable;

/**
 * The template, on the same parts as the annotation. Its transaction has the rollback
 * rules of a bare {@code @Transactional}.
 */
final class TransactionalEffectTemplate implements EffectTemplate {

	private final EffectIdentities identities;

	private final EffectTransactions transactions;

	private final Supplier<LocalEffects> effects;

	private volatile @Nullable UnitOfWork unit;

	TransactionalEffectTemplate(EffectIdentities identities, EffectTransactions transactions,
			Supplier<LocalEffects> effects) {
		this.identities = identities;
		this.transactions = transactions;
		this.effects = effects;
	}

	@Override
	public <T extends @Nullable Object> EffectResult<T> execute(String flow, String id, @Nullable Object content,
			EffectBody<T> body) {
		EffectCall call = this.identities.call(flow, id, content);
		try {
			return this.effects.get().run(call, unit(), body);
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new UndeclaredThrowableException(ex, "The body of effect " + call.key() + " failed: " + ex);
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
