// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * PostgreSQL, Kafka and an AMQP broker out of the class path, in a process of their own
 * that outlives the application.
 */
@NullMarked
package dev.idempotency.sample.servers;

import org.jspecify.annotations.NullMarked;
