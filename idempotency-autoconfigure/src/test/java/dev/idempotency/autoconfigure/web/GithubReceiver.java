// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.web.webhook.WebhookEndpoint;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * Writes down what it receives.
 */
@RestController
class GithubReceiver {

	private final JdbcTemplate jdbc;

	GithubReceiver(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
		jdbc.execute("create table received (event varchar(100), length integer)");
	}

	@PostMapping("/github")
	@WebhookEndpoint("github")
	@ExactlyOnceEffect(flow = "github")
	void on(@RequestHeader("X-GitHub-Event") String event, @RequestBody String payload) {
		this.jdbc.update("insert into received values (?, ?)", event, payload.length());
	}

}
