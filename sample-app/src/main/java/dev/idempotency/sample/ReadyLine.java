// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Says where the application listens, for people and for scripts.
 */
@Component
class ReadyLine {

	private static final Logger logger = LoggerFactory.getLogger(ReadyLine.class);

	private final Environment environment;

	ReadyLine(Environment environment) {
		this.environment = environment;
	}

	@EventListener(ApplicationReadyEvent.class)
	void ready() {
		logger.info("READY http://127.0.0.1:{}", this.environment.getProperty("local.server.port"));
	}

}
