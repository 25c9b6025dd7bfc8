// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Real servers, faults and child processes for the tests of every module. Published as
 * the {@code tests} jar, so nothing here depends on any other test code.
 */
@NullMarked
package dev.idempotency.testing;

import org.jspecify.annotations.NullMarked;
