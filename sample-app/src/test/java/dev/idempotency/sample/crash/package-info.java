// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Kills, restarts and mutants: a checker that knows every order sent and every effect
 * applied.
 */
@NullMarked
package dev.idempotency.sample.crash;

import org.jspecify.annotations.NullMarked;
