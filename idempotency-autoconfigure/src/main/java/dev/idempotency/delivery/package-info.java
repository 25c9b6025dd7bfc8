// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * What brokers share on the consuming side: the delivered message, its identity, durable
 * attempts, and setting messages aside. Reaches the JDK, {@code effect}, {@code flow} and
 * {@code outbox} only.
 */
@NullMarked
package dev.idempotency.delivery;

import org.jspecify.annotations.NullMarked;
