// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Ships what was reserved, effectively once.
 */
@NullMarked
package dev.idempotency.sample.shipping;

import org.jspecify.annotations.NullMarked;
