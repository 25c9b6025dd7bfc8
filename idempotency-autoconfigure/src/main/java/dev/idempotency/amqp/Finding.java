// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.function.Consumer;

import dev.idempotency.flow.Contradiction;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;

/**
 * A contradiction, and what corrects it.
 *
 * @param contradiction what contradicts
 * @param correction corrects a container that does not run yet, {@code null} if only the
 * application can
 */
record Finding(Contradiction contradiction, @Nullable Consumer<AbstractMessageListenerContainer> correction) {
}
