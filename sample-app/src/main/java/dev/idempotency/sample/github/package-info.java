// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Takes the webhooks of a repository on GitHub, each delivery once.
 */
@NullMarked
package dev.idempotency.sample.github;

import org.jspecify.annotations.NullMarked;
