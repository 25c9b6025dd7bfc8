// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.Map;
import java.util.function.Consumer;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.TransactionAttribute;

/**
 * The method's own {@code @Transactional} must join one writable transaction on the
 * inbox's database.
 */
final class TransactionRule implements EffectRule {

	private static final Map<Integer, String> SEPARATE = Map.of(TransactionDefinition.PROPAGATION_REQUIRES_NEW,
			"REQUIRES_NEW", TransactionDefinition.PROPAGATION_NOT_SUPPORTED, "NOT_SUPPORTED",
			TransactionDefinition.PROPAGATION_NEVER, "NEVER", TransactionDefinition.PROPAGATION_NESTED, "NESTED",
			TransactionDefinition.PROPAGATION_SUPPORTS, "SUPPORTS");

	private final EffectTransactions transactions;

	TransactionRule(EffectTransactions transactions) {
		this.transactions = transactions;
	}

	@Override
	public void check(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		if (method.external()) {
			return;
		}
		TransactionAttribute declared = this.transactions.declared(method, bean.type());
		if (declared != null) {
			checkAttribute(bean, method, declared, contradictions);
		}
		try {
			this.transactions.unit(method, bean.type());
		}
		catch (ContradictionException ex) {
			for (Contradiction contradiction : ex.contradictions()) {
				boolean ofMethod = contradiction.where().equals(method.location());
				contradictions.accept(ofMethod
						? bean.contradiction(method, contradiction.found(), contradiction.needed(), contradiction.fix())
						: contradiction);
			}
		}
	}

	private static void checkAttribute(EffectBean bean, EffectMethod method, TransactionAttribute declared,
			Consumer<Contradiction> contradictions) {
		String propagation = SEPARATE.get(declared.getPropagationBehavior());
		if (propagation != null) {
			contradictions.accept(bean.contradiction(method, "@Transactional(propagation = " + propagation + ")",
					"REQUIRED (the default) or MANDATORY, so that the business writes are in the transaction of the claim",
					"Remove the propagation; move what must not share the transaction to another bean"));
		}
		if (declared.isReadOnly()) {
			contradictions.accept(bean.contradiction(method, "@Transactional(readOnly = true)",
					"a transaction that can store the claim and the effect",
					"Remove readOnly here, or override the class's @Transactional on this method"));
		}
	}

}
