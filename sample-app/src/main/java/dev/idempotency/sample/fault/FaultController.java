// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.fault;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

	private static final int KILLED = 137;

	private static final long ANSWER_FIRST_MILLIS = 200;

	private final KafkaReplay kafka;

	private final AmqpReplay amqp;

	private final AmqpDisorder disorder;

	private final FailingCommits commits;

	FaultController(KafkaReplay kafka, AmqpReplay amqp, AmqpDisorder disorder, FailingCommits commits) {
		this.kafka = kafka;
		this.amqp = amqp;
		this.disorder = disorder;
		this.commits = commits;
	}

	@PostMapping("/deliver-again")
	Map<String, Long> deliverAgain() {
		return Map.of("inventory", this.kafka.fromTheBeginning("inventory"), "analytics",
				this.kafka.fromTheBeginning("analytics"), "shipping", this.amqp.everything());
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
