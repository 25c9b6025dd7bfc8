// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.inventory;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * How much of a product is set aside.
 *
 * @param sku the product
 * @param reserved reserved units
 */
@Table("stock")
record Stock(@Id String sku, long reserved) {
}
