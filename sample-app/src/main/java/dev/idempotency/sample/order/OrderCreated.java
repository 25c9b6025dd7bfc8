// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.order;

/**
 * An order was taken.
 *
 * @param orderId the order
 * @param customer who ordered
 * @param number the customer's gap-free order number, from 1
 * @param sku what was ordered
 * @param quantity how many
 */
public record OrderCreated(String orderId, String customer, long number, String sku, int quantity) {
}
