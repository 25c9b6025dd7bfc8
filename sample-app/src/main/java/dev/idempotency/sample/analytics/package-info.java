// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Counts orders, at least once.
 */
@NullMarked
package dev.idempotency.sample.analytics;

import org.jspecify.annotations.NullMarked;
