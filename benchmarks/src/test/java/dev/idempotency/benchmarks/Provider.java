// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Stands for somebody outside who charges a card.
 */
@RestController
class Provider {

	static final String AT_ONCE = "/provider/at-once";

	static final String IN_20_MS = "/provider/in-20-ms";

	private final AtomicInteger charges = new AtomicInteger();

	@PostMapping(AT_ONCE)
	String atOnce(@RequestBody String charge) {
		this.charges.incrementAndGet();
		return "{}";
	}

	@PostMapping(IN_20_MS)
	CompletableFuture<String> later(@RequestBody String charge) {
		this.charges.incrementAndGet();
		return CompletableFuture.supplyAsync(() -> "{}", CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
	}

	int charges() {
		return this.charges.get();
	}

}
