// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.outbox.PayloadEncoder;

/**
 * Encodes for every broker for which the application has chosen nothing else.
 *
 * @param encoder the encoder
 */
public record GeneralEncoder(PayloadEncoder encoder) {

}
