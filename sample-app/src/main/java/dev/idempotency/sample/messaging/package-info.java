// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Names, topology and message conversion shared by the services.
 */
@NullMarked
package dev.idempotency.sample.messaging;

import org.jspecify.annotations.NullMarked;
