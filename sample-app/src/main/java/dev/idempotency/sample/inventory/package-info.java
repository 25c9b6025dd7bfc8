// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Reserves stock for every order, effectively once.
 */
@NullMarked
package dev.idempotency.sample.inventory;

import org.jspecify.annotations.NullMarked;
