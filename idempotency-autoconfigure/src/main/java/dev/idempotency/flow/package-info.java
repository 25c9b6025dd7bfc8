// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * The catalogue: which path into an effect has which semantics, by which mechanism,
 * inside which boundary, and why. Reaches the JDK only.
 */
@NullMarked
package dev.idempotency.flow;

import org.jspecify.annotations.NullMarked;
