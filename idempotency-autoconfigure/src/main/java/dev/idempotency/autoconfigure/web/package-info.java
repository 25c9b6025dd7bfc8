// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Wiring of HTTP.
 */
@NullMarked
package dev.idempotency.autoconfigure.web;

import org.jspecify.annotations.NullMarked;
