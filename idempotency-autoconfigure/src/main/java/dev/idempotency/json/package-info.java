// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Canonical fingerprints and payloads by Jackson 3.
 */
@NullMarked
package dev.idempotency.json;

import org.jspecify.annotations.NullMarked;
