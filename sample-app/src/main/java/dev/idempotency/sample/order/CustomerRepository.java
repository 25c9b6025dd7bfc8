// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.order;

import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/**
 * The customers.
 */
interface CustomerRepository extends Repository<Customer, String> {

	/**
	 * Finds or creates a customer and locks the row until the transaction ends. The
	 * outbox keeps the order of inserts per key; the lock makes that the order of the
	 * numbers.
	 * @param name the customer
	 * @return the locked customer
	 */
	@Query("""
			insert into customers (name, orders) values (:name, 0)
			on conflict (name) do update set name = excluded.name
			returning name, orders
			""")
	Customer lock(String name);

	Customer save(Customer customer);

}
