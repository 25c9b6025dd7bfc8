// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.fault;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * The buttons of the page. They ask for JSON so that no page of another origin can press
 * them unasked.
 */
@RestController
@RequestMapping(path = "/api/faults", consumes = MediaType.APPLICATION_JSON_VALUE)
class FaultController {

	private static final Logger logger = LoggerFactory.getLogger(FaultController.class);

	private static final int DISORDERED = 5;

	private static final int WEBHOOKS = 3;

	private static final int SECONDS_WITHOUT_DATABASE = 10;

	private static final int KILLED = 137;

	private static final long ANSWER_FIRST_MILLIS = 200;

	private final KafkaReplay kafka;

	private final AmqpReplay amqp;

	private final AmqpDisorder disorder;

	private final FailingCommits commits;

	private final ObjectProvider<OutsideFaults> outside;

	private final GithubSender github;

	FaultController(KafkaReplay kafka, AmqpReplay amqp, AmqpDisorder disorder, FailingCommits commits,
			ObjectProvider<OutsideFaults> outside, GithubSender github) {
		this.outside = outside;
		this.github = github;
		this.kafka = kafka;
		this.amqp = amqp;
		this.disorder = disorder;
		this.commits = commits;
	}

	@PostMapping("/deliver-again")
	Map<String, Long> deliverAgain() {
		Map<String, Long> sent = new TreeMap<>(this.kafka.everything());
		sent.put("shipping", this.amqp.everything());
		return sent;
	}

	@PostMapping("/deliver-out-of-order")
	Map<String, Long> deliverOutOfOrder() {
		return Map.of("reversed", this.disorder.reverse("ada", DISORDERED));
	}

	@PostMapping("/fail-next-commit")
	Map<String, Long> failNextCommit() {
		this.commits.failNext(1);
		return Map.of("pending", this.commits.pending());
	}

	@PostMapping("/deliver-webhook")
	Map<String, Integer> deliverWebhook() {
		return Map.of("forged", this.github.forge(), "taken", this.github.deliver(WEBHOOKS));
	}

	@PostMapping("/silence-provider")
	Map<String, Integer> silenceProvider() {
		outside().silenceProvider();
		return Map.of("charges", 1);
	}

	@PostMapping("/drop-mail")
	Map<String, Integer> dropMail() {
		outside().dropMail();
		return Map.of("mails", 1);
	}

	@PostMapping("/stop-database")
	Map<String, Integer> stopDatabase() {
		outside().stopDatabase(SECONDS_WITHOUT_DATABASE);
		return Map.of("seconds", SECONDS_WITHOUT_DATABASE);
	}

	private OutsideFaults outside() {
		OutsideFaults faults = this.outside.getIfAvailable();
		if (faults == null) {
			throw new FaultException("Only the servers that come with the sample can be told to fail");
		}
		return faults;
	}

	/**
	 * Ends the process without any farewell, as the kernel would.
	 */
	@PostMapping("/kill")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void kill() {
		logger.warn("Killed by the page");
		CompletableFuture.delayedExecutor(ANSWER_FIRST_MILLIS, TimeUnit.MILLISECONDS)
			.execute(() -> Runtime.getRuntime().halt(KILLED));
	}

	@ExceptionHandler
	ProblemDetail failed(FaultException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, ex.getMessage());
	}

}
