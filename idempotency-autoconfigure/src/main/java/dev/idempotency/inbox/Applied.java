// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

/**
 * A message of a stream that was applied, in whatever order.
 *
 * @param number its number
 * @param settled whether what was sent before it should have been applied by now
 */
public record Applied(long number, boolean settled) {
}
