// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.order;

import org.jspecify.annotations.Nullable;

import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.data.repository.Repository;

/**
 * The orders. Inserted through {@link JdbcAggregateOperations}, since their key is given.
 */
interface OrderRepository extends Repository<PlacedOrder, String> {

	@Nullable PlacedOrder findByOrderId(String orderId);

}
