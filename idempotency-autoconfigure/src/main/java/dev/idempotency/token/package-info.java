// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Secrets that are good for one effect: password resets, coupons, codes sent by text
 * message. Only hashes are kept, and a token is burnt in the transaction of what it pays
 * for. Reaches the JDK only.
 */
@NullMarked
package dev.idempotency.token;

import org.jspecify.annotations.NullMarked;
