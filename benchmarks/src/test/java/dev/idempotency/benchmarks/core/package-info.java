// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Measures the core without database and broker, by JMH.
 */
@NullMarked
package dev.idempotency.benchmarks.core;

import org.jspecify.annotations.NullMarked;
