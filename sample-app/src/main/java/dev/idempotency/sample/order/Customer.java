// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.order;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * A customer, whose row is what that customer's orders queue up for.
 *
 * @param name natural key
 * @param orders how many orders there are, the number of the last
 */
@Table("customers")
record Customer(@Id String name, long orders) {

	Customer withAnotherOrder() {
		return new Customer(this.name, this.orders + 1);
	}

}
