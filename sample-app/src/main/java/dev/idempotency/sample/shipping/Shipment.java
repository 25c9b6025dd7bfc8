// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.shipping;

import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * A parcel on its way. A unique key keeps an order from having two of them.
 *
 * @param id made by the database, {@code null} before
 * @param orderId the order
 * @param customer who gets it
 * @param number the customer's order number
 */
@Table("shipments")
record Shipment(@Id @Nullable Long id, String orderId, String customer, long number) {
}
