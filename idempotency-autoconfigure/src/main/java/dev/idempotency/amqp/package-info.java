// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * RabbitMQ through AMQP 0-9-1: publishing for the relay, and listeners that acknowledge
 * after the effect has committed.
 */
@NullMarked
package dev.idempotency.amqp;

import org.jspecify.annotations.NullMarked;
