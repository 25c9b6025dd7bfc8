// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.inventory;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/**
 * The stock.
 */
interface StockRepository extends Repository<Stock, String> {

	@Modifying
	@Query("""
			insert into stock (sku, reserved) values (:sku, :quantity)
			on conflict (sku) do update set reserved = stock.reserved + excluded.reserved
			""")
	void reserve(String sku, int quantity);

}
