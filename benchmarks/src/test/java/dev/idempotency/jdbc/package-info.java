// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Measures what only this package sees.
 */
@NullMarked
package dev.idempotency.jdbc;

import org.jspecify.annotations.NullMarked;
