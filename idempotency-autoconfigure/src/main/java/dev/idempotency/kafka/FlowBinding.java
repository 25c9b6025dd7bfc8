// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import dev.idempotency.effect.EffectListener;

/**
 * What an interceptor knows of the listener it stands before.
 *
 * @param flow the flow
 * @param listener hears about deliveries
 * @param time watches the handling time
 * @param failures tells redeliveries
 */
record FlowBinding(String flow, EffectListener listener, HandlingTime time, Failures failures) {
}
