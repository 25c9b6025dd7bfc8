// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.github;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.web.webhook.WebhookEndpoint;

import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /webhooks/github}. A delivery without a signature that holds does not get
 * here, one that comes again does nothing.
 */
@RestController
class GithubWebhook {

	private final JdbcClient database;

	GithubWebhook(JdbcClient database) {
		this.database = database;
	}

	@PostMapping("/webhooks/github")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	@WebhookEndpoint("github")
	@ExactlyOnceEffect(flow = "github")
	void on(@RequestHeader("X-GitHub-Event") String event, @RequestBody String payload) {
		this.database.sql("insert into github_deliveries (event, bytes) values (:event, :bytes)")
			.param("event", event)
			.param("bytes", payload.length())
			.update();
	}

}
