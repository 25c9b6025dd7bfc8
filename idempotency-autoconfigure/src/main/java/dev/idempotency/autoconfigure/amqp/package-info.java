// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Wiring of the RabbitMQ adapter.
 */
@NullMarked
package dev.idempotency.autoconfigure.amqp;

import org.jspecify.annotations.NullMarked;
