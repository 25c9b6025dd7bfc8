// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Kafka: the transport of the outbox, and listeners whose offsets move only after the
 * effect has committed.
 */
@NullMarked
package dev.idempotency.kafka;

import org.jspecify.annotations.NullMarked;
