// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Tells customers by mail, once or, if nobody can say whether it was sent, not again.
 */
@NullMarked
package dev.idempotency.sample.notification;

import org.jspecify.annotations.NullMarked;
