// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.inventory;

/**
 * Stock was reserved for an order.
 *
 * @param orderId the order
 * @param customer who ordered
 * @param number the customer's order number
 * @param sku what was reserved
 * @param quantity how many
 */
public record StockReserved(String orderId, String customer, long number, String sku, int quantity) {
}
