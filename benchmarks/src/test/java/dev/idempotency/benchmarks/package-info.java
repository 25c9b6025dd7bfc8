// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Measured ratios against plain listeners, transactions and producers.
 */
@NullMarked
package dev.idempotency.benchmarks;

import org.jspecify.annotations.NullMarked;
