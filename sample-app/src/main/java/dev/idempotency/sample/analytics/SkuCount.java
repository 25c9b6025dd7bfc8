// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.analytics;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * How often a product was seen in an order.
 *
 * @param sku the product
 * @param seen orders seen, repetitions included
 */
@Table("sku_counts")
record SkuCount(@Id String sku, long seen) {
}
