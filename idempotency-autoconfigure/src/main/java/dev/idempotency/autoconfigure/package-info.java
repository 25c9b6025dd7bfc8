// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Wiring, properties and failure analysis.
 */
@NullMarked
package dev.idempotency.autoconfigure;

import org.jspecify.annotations.NullMarked;
