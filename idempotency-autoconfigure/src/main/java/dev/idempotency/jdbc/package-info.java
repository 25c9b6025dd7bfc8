// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * The stores on SQL: inbox, outbox, relay, lanes, attempts and parked messages for
 * PostgreSQL, MariaDB, MySQL and H2, and their schema.
 */
@NullMarked
package dev.idempotency.jdbc;

import org.jspecify.annotations.NullMarked;
