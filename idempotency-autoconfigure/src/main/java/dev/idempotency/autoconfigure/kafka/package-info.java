// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Wiring of the Kafka adapter.
 */
@NullMarked
package dev.idempotency.autoconfigure.kafka;

import org.jspecify.annotations.NullMarked;
