// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import dev.idempotency.flow.Semantics;
import org.jspecify.annotations.Nullable;

/**
 * What the code of a listener says about its flow.
 *
 * @param name the flow
 * @param effect whether the method carries the effect annotation
 * @param keyed whether the annotation has a key expression
 * @param semantics declared or implied semantics, {@code null} if nothing is declared
 * @param owner who answers for it, may be empty
 * @param rationale why, may be empty
 * @param location class and method
 */
public record ListenerFlow(String name, boolean effect, boolean keyed, @Nullable Semantics semantics, String owner,
		String rationale, String location) {
}
