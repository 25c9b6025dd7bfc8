// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import dev.idempotency.sample.SampleApplication;

import org.springframework.boot.SpringApplication;

/**
 * The sample with one guard taken away, named by property {@code mutant}.
 */
final class MutantApplication {

	private MutantApplication() {
	}

	public static void main(String[] args) {
		new SpringApplication(SampleApplication.class, Mutations.class).run(args);
	}

}
