// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.order;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * An order as it is stored and answered.
 *
 * @param orderId its natural key
 * @param customer who ordered
 * @param number the customer's gap-free order number, from 1
 * @param sku what was ordered
 * @param quantity how many
 */
@Table("orders")
public record PlacedOrder(@Id String orderId, String customer, long number, String sku, int quantity) {

	boolean asks(OrderRequest request) {
		return this.customer.equals(request.customer()) && this.sku.equals(request.sku())
				&& this.quantity == request.quantity();
	}

}
