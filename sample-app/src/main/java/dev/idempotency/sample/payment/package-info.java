// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Charges every order once, at a provider that takes idempotency keys.
 */
@NullMarked
package dev.idempotency.sample.payment;

import org.jspecify.annotations.NullMarked;
