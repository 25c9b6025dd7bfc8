// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Counting decisions: service level indicators, meters and observations, all derived from
 * the events of the core.
 */
@NullMarked
package dev.idempotency.sli;

import org.jspecify.annotations.NullMarked;
