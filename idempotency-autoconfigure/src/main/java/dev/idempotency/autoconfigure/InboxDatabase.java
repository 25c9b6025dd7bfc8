// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.List;

import javax.sql.DataSource;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.jdbc.Dialect;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The database that holds inbox and outbox.
 *
 * @param dataSource its data source
 * @param dialect its kind
 */
public record InboxDatabase(DataSource dataSource, Dialect dialect) {

	static InboxDatabase find(ObjectProvider<DataSource> dataSources, ObjectProvider<DataSource> marked) {
		DataSource chosen = marked.getIfAvailable(dataSources::getIfUnique);
		if (chosen == null) {
			List<String> found = dataSources.stream().map((dataSource) -> dataSource.getClass().getName()).toList();
			throw new ContradictionException(new Contradiction("idempotency inbox",
					found.isEmpty() ? "no DataSource bean" : "several DataSource beans, none of them primary: " + found,
					"the one database that effects change, because claim, effect and outgoing messages commit together",
					found.isEmpty() ? "Set spring.datasource.url, or define a DataSource bean"
							: "Mark one of them with @Primary or @IdempotencyDataSource"));
		}
		return new InboxDatabase(chosen, Dialect.of(chosen));
	}

}
