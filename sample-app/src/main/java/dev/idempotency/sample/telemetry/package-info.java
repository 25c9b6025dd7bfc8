// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Watches orders, at most once.
 */
@NullMarked
package dev.idempotency.sample.telemetry;

import org.jspecify.annotations.NullMarked;
