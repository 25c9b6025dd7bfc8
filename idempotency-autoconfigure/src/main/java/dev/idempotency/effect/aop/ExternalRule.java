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
 * rollback would not undo the effect, must say who takes its key, and must not be called
 * by a client that was told to repeat.
 */
final class ExternalRule implements EffectRule {

	private static final Set<Integer> WITHOUT = Set.of(TransactionDefinition.PROPAGATION_NEVER,
			TransactionDefinition.PROPAGATION_NOT_SUPPORTED, TransactionDefinition.PROPAGATION_SUPPORTS);

	private static final String REPEATS_EVERY_METHOD = "jdk.httpclient.enableAllMethodRetry";

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
		if (method.annotation().contract() == EffectContract.EXTERNAL_AT_MOST_ONCE && everyMethodIsRepeated()) {
			contradictions.accept(bean.contradiction(method,
					"contract = EXTERNAL_AT_MOST_ONCE and -D" + REPEATS_EVERY_METHOD,
					"a client that sends a request once; with this property the HttpClient of the JDK sends also a POST "
							+ "again when its connection breaks",
					"Remove the system property " + REPEATS_EVERY_METHOD + ", or set it to false"));
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

	/**
	 * As the client reads it: set to nothing is on.
	 */
	private static boolean everyMethodIsRepeated() {
		String value = System.getProperty(REPEATS_EVERY_METHOD);
		return value != null && (value.isEmpty() || Boolean.parseBoolean(value));
	}

}
