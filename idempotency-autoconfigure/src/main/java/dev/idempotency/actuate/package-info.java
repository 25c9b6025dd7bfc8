// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Endpoint and health.
 */
@NullMarked
package dev.idempotency.actuate;

import org.jspecify.annotations.NullMarked;
