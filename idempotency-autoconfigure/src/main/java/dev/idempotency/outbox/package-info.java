// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Sending a message with the transaction that justifies it: what users call, the message,
 * and the store SPI. Reaches the JDK and {@code effect} only.
 */
@NullMarked
package dev.idempotency.outbox;

import org.jspecify.annotations.NullMarked;
