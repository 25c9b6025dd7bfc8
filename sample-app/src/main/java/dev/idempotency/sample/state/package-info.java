// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * What the page shows, read from the real tables and the real meters.
 */
@NullMarked
package dev.idempotency.sample.state;

import org.jspecify.annotations.NullMarked;
