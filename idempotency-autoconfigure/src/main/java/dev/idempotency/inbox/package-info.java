// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Knowing a duplicate: the claim and its results, the inbox SPI, and the protocol of a
 * local effect. Reaches the JDK and {@code effect} only.
 */
@NullMarked
package dev.idempotency.inbox;

import org.jspecify.annotations.NullMarked;
