// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * The world outside of the shop's database: a payment provider that knows idempotency
 * keys, and a mail server that knows none.
 */
@NullMarked
package dev.idempotency.sample.outside;

import org.jspecify.annotations.NullMarked;
