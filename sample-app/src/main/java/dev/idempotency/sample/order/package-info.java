// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Takes orders: one transaction for the order and the event that tells of it.
 */
@NullMarked
package dev.idempotency.sample.order;

import org.jspecify.annotations.NullMarked;
