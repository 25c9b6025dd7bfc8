// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * The annotation at work: the advisor, what it refuses when the application starts, and
 * the same guarantee without a proxy. Everything but its factory is private to the
 * package.
 */
@NullMarked
package dev.idempotency.effect.aop;

import org.jspecify.annotations.NullMarked;
