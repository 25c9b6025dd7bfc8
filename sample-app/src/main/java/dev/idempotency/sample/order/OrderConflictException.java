// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.order;

/**
 * An order id was used before, for another order.
 */
public class OrderConflictException extends RuntimeException {

	public OrderConflictException(String orderId) {
		super("Order " + orderId + " already exists with other content; give the new order an id of its own");
	}

}
