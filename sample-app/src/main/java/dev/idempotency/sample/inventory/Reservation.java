// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.inventory;

import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * Stock set aside for an order. Nothing in the database keeps an order from having two of
 * them: that is left to the effect.
 *
 * @param id made by the database, {@code null} before
 * @param orderId the order
 * @param customer who ordered
 * @param number the customer's order number
 * @param sku what was reserved
 * @param quantity how many
 */
@Table("reservations")
record Reservation(@Id @Nullable Long id, String orderId, String customer, long number, String sku, int quantity) {
}
