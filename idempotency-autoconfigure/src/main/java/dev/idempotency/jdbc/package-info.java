// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Stores, dialects and the schema.
 */
@NullMarked
package dev.idempotency.jdbc;

import org.jspecify.annotations.NullMarked;
