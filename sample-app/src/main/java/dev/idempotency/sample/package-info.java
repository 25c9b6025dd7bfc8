// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * The order pipeline that shows the starter at work.
 */
@NullMarked
package dev.idempotency.sample;

import org.jspecify.annotations.NullMarked;
