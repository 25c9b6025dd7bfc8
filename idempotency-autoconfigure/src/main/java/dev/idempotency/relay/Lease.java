// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

/**
 * The right to relay a lane.
 *
 * @param lane the lane
 * @param epoch the fence: rises with every change of owner, so that a late owner is
 * harmless
 */
public record Lease(int lane, long epoch) {
}
