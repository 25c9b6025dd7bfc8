// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Breaks things on purpose.
 */
@NullMarked
package dev.idempotency.sample.fault;

import org.jspecify.annotations.NullMarked;
