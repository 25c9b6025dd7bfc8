// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Instant;

import dev.idempotency.delivery.ParkedMessage;
import org.jspecify.annotations.Nullable;

/**
 * A stored parked message.
 *
 * @param id its number in the store
 * @param parkedAt when it was set aside
 * @param replayedAt when it was taken back, {@code null} if it was not
 * @param message the message
 */
public record ParkedEntry(long id, Instant parkedAt, @Nullable Instant replayedAt, ParkedMessage message) {
}
