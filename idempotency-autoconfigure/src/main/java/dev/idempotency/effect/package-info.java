// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * What the business sees happen once: the annotation, its contract, the identity of an
 * effect and what is decided about it. Reaches the JDK only.
 */
@NullMarked
package dev.idempotency.effect;

import org.jspecify.annotations.NullMarked;
