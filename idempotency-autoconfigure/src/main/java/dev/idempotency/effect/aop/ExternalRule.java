// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.inbox.ExternalCall;
import dev.idempotency.inbox.ExternalPolicies;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.TransactionAttribute;

/**
 * A method with an external contract must not open or join a transaction, because a
 * rollback would not undo the effect, and must say who takes its key.
 */
final class ExternalRule implements EffectRule {

	private static final Set<Integer> WITHOUT = Set.of(TransactionDefinition.PROPAGATION_NEVER,
			TransactionDefinition.PROPAGATION_NOT_SUPPORTED, TransactionDefinition.PROPAGATION_SUPPORTS);

	private final EffectTransactions transactions;

	private final Supplier<@Nullable ExternalPolicies> policies;

	ExternalRule(EffectTransactions transactions, Supplier<@Nullable ExternalPolicies> policies) {
		this.transactions = transactions;
		this.policies = policies;
	}

	@Override
	public void check(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		if (!method.external()) {
			return;
		}
		ExternalPolicies known = this.policies.get();
		if (method.annotation().contract() == EffectContract.EXTERNAL_WITH_KEY && known != null
				&& known.of(method.flow()).provider() == null) {
			contradictions.accept(bean.contradiction(method, "contract = EXTERNAL_WITH_KEY and no provider",
					"the provider that takes the key", ExternalCall.noProvider(method.flow())));
		}
		TransactionAttribute declared = this.transactions.declared(method, bean.type());
		if (declared != null && !WITHOUT.contains(declared.getPropagationBehavior())) {
			contradictions.accept(bean.contradiction(method,
					"contract = " + method.annotation().contract() + " and @Transactional",
					"no transaction around the call of the outside world, because its rollback would not undo it",
					"Move what is written to the database to another bean, called before or after; "
							+ "or override the class's @Transactional here with Propagation.NOT_SUPPORTED"));
		}
	}

}
