// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Publishing what the outbox holds: lanes, leases, fences, batches and the transport SPI.
 * Reaches the JDK, {@code outbox} and {@code flow} only.
 */
@NullMarked
package dev.idempotency.relay;

import org.jspecify.annotations.NullMarked;
