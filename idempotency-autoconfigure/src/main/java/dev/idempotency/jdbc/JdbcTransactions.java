// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.idempotency.delivery.Transactions;

import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Transactions that the stores join, whatever transaction manager the application uses.
 */
public final class JdbcTransactions implements Transactions {

	private final TransactionTemplate template;

	/**
	 * Creates them.
	 * @param dataSource where the tables are
	 */
	public JdbcTransactions(DataSource dataSource) {
		this.template = new TransactionTemplate(
				new JdbcTransactionManager(new CallersTransaction(dataSource).dataSource()));
		this.template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
	}

	@Override
	public <T> T inOne(Supplier<T> work) {
		return this.template.execute((status) -> work.get());
	}

}
