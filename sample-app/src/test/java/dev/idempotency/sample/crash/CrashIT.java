// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.idempotency.sample.SampleApplication;
import dev.idempotency.sample.crash.Checker.Scanned;
import dev.idempotency.sample.crash.Checker.Verdict;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application is killed at random moments, and each server once, while orders come
 * in. At the end every order has one reservation and one shipment, in the order of its
 * customer, and every scan is noted down once, in the order of its scanner. Reservations
 * are known by their numbers, shipments by their ids, scans by their offsets.
 */
class CrashIT {

	private static final Logger logger = LoggerFactory.getLogger(CrashIT.class);

	private static final int KILLS = Integer.getInteger("idempotency.crash.kills", 30);

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final long seed = Long.getLong("idempotency.crash.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	@Test // I1-I5, I8-I10
	void noOrderIsLostOrAppliedTwiceWhateverIsKilled() throws Exception {
		logger.info("Seed {}: repeat with -Didempotency.crash.seed={}", this.seed, this.seed);
		try (Servers servers = new Servers(); Shop shop = new Shop(SampleApplication.class, properties(servers))) {
			shop.awaitReady();
			try (Load load = new Load(shop.url(), Duration.ofMillis(50));
					Scanners scanners = new Scanners(servers.kafka.bootstrapServers())) {
				load.awaitProgress(20);
				killTheApplication(shop, load);
				killEachServer(servers, load);
				Set<String> sent = load.finish();
				int scans = scanners.finish();
				Checker checker = new Checker(servers.postgres.dataSource());
				Verdict verdict = checker.verdict(sent, PATIENCE);
				Scanned scanned = checker.scanned(scans, PATIENCE);
				logger.info("After {} kills: {}, {}", KILLS, verdict, scanned);
				assertThat(verdict).matches(Verdict::clean, "seed " + this.seed);
				assertThat(verdict.sent()).isGreaterThan(KILLS);
				assertThat(scanned).matches(Scanned::clean, "seed " + this.seed);
				assertThat(scanned.sent()).isGreaterThan(KILLS);
				assertThat(checker.inbox("scans").get("ids")).isZero();
				assertThat(checker.inbox("scans").get("offsets")).isPositive();
				await().atMost(PATIENCE).until(() -> checker.inbox("shipping").get("ids") == 0);
				assertThat(checker.inbox("shipping").get("numbers")).isPositive();
				assertThat(checker.inbox("shipping").get("missing")).isZero();
				assertThat(checker.inbox("inventory").get("numbers")).isPositive();
				assertThat(checker.inbox("inventory").get("missing")).isZero();
				assertThat(remarks(shop, "inventory")).contains("sequence mode for numbered messages");
				assertThat(remarks(shop, "scans")).contains("offset mode for messages without id");
			}
		}
	}

	private static List<String> properties(Servers servers) {
		List<String> properties = new ArrayList<>(servers.properties());
		properties.add("scans=true");
		return properties;
	}

	private static String remarks(Shop shop, String flow) {
		PipelineCatalogue catalogue = RestClient.create(shop.url())
			.get()
			.uri("/api/state")
			.retrieve()
			.body(PipelineCatalogue.class);
		return catalogue.flows()
			.stream()
			.filter((one) -> one.name().equals(flow))
			.map((one) -> String.join("; ", one.remarks()))
			.collect(Collectors.joining("; "));
	}

	private void killTheApplication(Shop shop, Load load) throws InterruptedException {
		for (int kill = 1; kill <= KILLS; kill++) {
			boolean whileStarting = this.random.nextInt(4) == 0;
			if (!whileStarting) {
				shop.awaitReady();
			}
			pause(this.random.nextInt(whileStarting ? 5000 : 2500));
			shop.killAndRestart();
			logger.info("Kill {} of {}, {} orders placed", kill, KILLS, load.placed().size());
		}
		shop.awaitReady();
		load.awaitProgress(20);
	}

	private void killEachServer(Servers servers, Load load) {
		servers.kafka.kill9();
		servers.kafka.restart();
		load.awaitProgress(20);
		servers.rabbit.kill9();
		servers.rabbit.restart();
		load.awaitProgress(20);
		servers.postgres.stopImmediately();
		servers.postgres.start();
		load.awaitProgress(20);
	}

	/**
	 * Lets random time pass: what happens when is what this test is about.
	 */
	private static void pause(int millis) throws InterruptedException {
		assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
	}

	/**
	 * What the page is told about flows.
	 */
	record PipelineCatalogue(List<CataloguedFlow> flows) {
	}

	/**
	 * One of them.
	 */
	record CataloguedFlow(String name, List<String> remarks) {
	}

}
