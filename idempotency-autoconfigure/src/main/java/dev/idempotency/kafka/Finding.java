// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import dev.idempotency.flow.Contradiction;
import org.jspecify.annotations.Nullable;

/**
 * A contradiction, and what corrects it.
 *
 * @param contradiction what contradicts
 * @param correction corrects it before the container starts, {@code null} if only the
 * application can
 */
record Finding(Contradiction contradiction, @Nullable Runnable correction) {
}
