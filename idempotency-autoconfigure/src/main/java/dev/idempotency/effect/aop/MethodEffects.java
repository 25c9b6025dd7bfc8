// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.EffectGroup;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectGroupException;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.LocalEffects;
import dev.idempotency.inbox.UnitOfWork;
import org.jspecify.annotations.Nullable;

/**
 * Applies several messages of one listener method in one transaction, opened as for a
 * single call of it.
 */
final class MethodEffects implements EffectGroup {

	private final EffectMethod method;

	private final @Nullable KeyExpression key;

	private final UnitOfWork unit;

	private final EffectIdentities identities;

	private final Supplier<LocalEffects> effects;

	MethodEffects(EffectMethod method, @Nullable KeyExpression key, UnitOfWork unit, EffectIdentities identities,
			Supplier<LocalEffects> effects) {
		this.method = method;
		this.key = key;
		this.unit = unit;
		this.identities = identities;
		this.effects = effects;
	}

	@Override
	public EffectCall call(Delivery delivery) {
		return this.identities.identify(this.method, this.key, delivery);
	}

	@Override
	public void each(List<Delivery> deliveries, Each call) throws Throwable {
		List<EffectCall> calls = calls(deliveries);
		this.effects.get().runAll(calls, this.unit, (claims) -> {
			for (int i = 0; i < claims.size(); i++) {
				one(calls, claims, i, call);
			}
		});
	}

	private void one(List<EffectCall> calls, List<Claim> claims, int index, Each call) {
		boolean held = claims.get(index) instanceof Claim.Held;
		try (ClaimedCall expected = ClaimedCall.expect(this.method, held)) {
			if (held) {
				this.effects.get().runInGroup(calls.get(index), () -> handled(expected, call, index));
			}
			else {
				handled(expected, call, index);
			}
		}
		catch (Throwable ex) {
			throw new EffectGroupException(index, ex);
		}
	}

	private static boolean handled(ClaimedCall expected, Each call, int index) throws Throwable {
		call.handle(index);
		expected.verify();
		return true;
	}

	@Override
	public void together(List<Delivery> deliveries, Together call) throws Throwable {
		List<EffectCall> calls = calls(deliveries);
		LocalEffects local = this.effects.get();
		local.runAll(calls, this.unit, (claims) -> {
			List<Integer> held = IntStream.range(0, calls.size())
				.filter((i) -> claims.get(i) instanceof Claim.Held)
				.boxed()
				.toList();
			if (!held.isEmpty()) {
				local.runAsBatch(held.stream().map(calls::get).toList(), () -> handled(call, held));
			}
		});
	}

	@Override
	public void alone(Delivery delivery, Together call) throws Throwable {
		EffectCall alone = this.identities.call(this.method, this.key, delivery);
		this.effects.get().runLast(alone, this.unit, () -> handled(call, List.of(0)));
	}

	private boolean handled(Together call, List<Integer> indexes) throws Throwable {
		try (ClaimedCall expected = ClaimedCall.expect(this.method, true)) {
			call.handle(indexes);
			expected.verify();
			return true;
		}
	}

	private List<EffectCall> calls(List<Delivery> deliveries) {
		List<EffectCall> calls = new ArrayList<>(deliveries.size());
		for (Delivery delivery : deliveries) {
			try {
				calls.add(this.identities.identify(this.method, this.key, delivery));
			}
			catch (InvalidIdentityException ex) {
				throw new EffectGroupException(calls.size(), ex);
			}
		}
		return calls;
	}

}
