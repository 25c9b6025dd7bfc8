// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Wiring of endpoint, health, meters and observations.
 */
@NullMarked
package dev.idempotency.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
