// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the README promises: one command, a usable page, and effects that happen once.
 */
class PageIT {

	private static final Path PICTURES = Path.of("target", "pictures");

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	@TempDir
	private static Path directory;

	private static SampleProcess sample;

	private static Browser browser;

	@BeforeAll
	static void start() {
		browser = Browser.start(directory.resolve("profile"));
		sample = startSample(0);
	}

	private static SampleProcess startSample(int port) {
		return SampleProcess.start(List.of("sample.servers.data=" + directory.resolve("servers"),
				"sample.servers.idle=20s", "server.port=" + port));
	}

	@AfterAll
	static void stop() {
		browser.picture(PICTURES.resolve("last.png"), "light", 1360);
		browser.close();
		sample.close();
		Path pid = directory.resolve("servers/postgresql/postmaster.pid");
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> !pid.toFile().exists());
	}

	@Test
	void effectsHappenOnceWhateverIsDoneToTheMessages() {
		SamplePage page = new SamplePage(browser.driver(), sample.url());
		page.awaitNumber("orders", (orders) -> orders >= 0);
		long before = page.number("orders");
		long repetitions = page.number("suppressed");
		page.placeOrders(10);
		page.awaitVerdict(done(before + 10));
		assertThat(page.number("suppressed")).isEqualTo(repetitions);
		browser.picture(PICTURES.resolve("light.png"), "light", 1360);

		page.press("deliver-again");
		page.awaitNumber("suppressed-inventory", (suppressed) -> suppressed >= before + 10);
		page.awaitNumber("suppressed-shipping", (suppressed) -> suppressed >= before + 10);
		page.awaitNumber("counted", (counted) -> counted == 2 * (before + 10));
		assertThat(page.number("reservations")).isEqualTo(before + 10);
		assertThat(page.number("shipments")).isEqualTo(before + 10);
		assertThat(page.number("repeated")).isZero();

		page.press("deliver-out-of-order");
		page.awaitVerdict(done(before + 15));
		assertThat(page.number("disordered")).isEqualTo(4);

		page.press("fail-next-commit");
		page.placeOrders(1);
		page.awaitVerdict(done(before + 16));
		page.awaitLog("PostgreSQL will refuse 1 commit");
		assertThat(page.cell("flows", "inventory", "Not committed")).isEqualTo("1");
		browser.picture(PICTURES.resolve("dark.png"), "dark", 1360);
		browser.picture(PICTURES.resolve("phone.png"), "light", 420);
		killAndStartAgain(page, before);
	}

	@Test
	void theWorldOutsideIsTouchedOnceAndDoubtIsLeftToPeople() {
		SamplePage page = new SamplePage(browser.driver(), sample.url());
		page.awaitNumber("orders", (orders) -> orders >= 0);
		page.awaitNumber("charges", (charges) -> charges == page.number("orders"));
		long before = page.number("orders");
		long repeats = page.number("repeated-charges");

		page.press("silence-provider");
		page.placeOrders(1);
		page.awaitNumber("repeated-charges", (repeated) -> repeated > repeats);
		page.awaitNumber("charges", (charges) -> charges == before + 1);
		page.awaitNumber("mails", (mails) -> mails == before + 1);

		page.press("drop-mail");
		page.placeOrders(1);
		page.awaitNumber("in-doubt", (doubts) -> doubts == 1);
		page.awaitNumber("charges", (charges) -> charges == before + 2);
		assertThat(page.number("mails")).isEqualTo(before + 2);
		assertThat(page.cell("doubts", "notification", "Why")).isNotEmpty();
		browser.picture(PICTURES.resolve("in-doubt.png"), "light", 1360);
		page.decide("happened");
		page.awaitNumber("in-doubt", (doubts) -> doubts == 0);
		page.awaitLog("Decided");

		page.press("stop-database");
		page.awaitStatus("Database away");
		page.awaitStatus("Running");
		page.placeOrders(1);
		page.awaitNumber("charges", (charges) -> charges == before + 3);
		page.awaitNumber("mails", (mails) -> mails == before + 3);
		page.awaitVerdict(done(before + 3));
		assertThat(page.number("repeated")).isZero();
		assertThat(page.number("in-doubt")).isZero();
	}

	@Test
	void webhookIsTakenOnceAndOnlyWithASignature() {
		SamplePage page = new SamplePage(browser.driver(), sample.url());
		page.awaitNumber("webhooks", (webhooks) -> webhooks >= 0);
		long before = page.number("webhooks");
		long suppressed = page.number("suppressed-github");
		page.press("deliver-webhook");
		page.awaitLog("answered with success 3 times and had its effect once; the forged one was answered with 401");
		page.awaitNumber("suppressed-github", (repeated) -> repeated == suppressed + 2);
		assertThat(page.number("webhooks")).isEqualTo(before + 1);
	}

	@Test
	void impatientClickMakesOneOrder() {
		SamplePage page = new SamplePage(browser.driver(), sample.url());
		page.awaitNumber("orders", (orders) -> orders >= 0);
		long before = page.number("orders");
		page.press("place-twice");
		page.awaitLog("Sent one order request twice: one order made.");
		page.awaitVerdict(done(before + 1));
		assertThat(page.cell("flows", "place-order", "Suppressed")).isNotEqualTo("0");
	}

	@Test
	void repeatedRequestMakesNoSecondOrder() {
		String key = UUID.randomUUID().toString();
		String order = "{\"customer\":\"margaret\",\"sku\":\"filter\",\"quantity\":%d}";
		List<CompletableFuture<HttpResponse<String>>> atOnce = Stream.generate(() -> post(key, order.formatted(2)))
			.limit(8)
			.toList();
		List<HttpResponse<String>> answers = atOnce.stream().map(CompletableFuture::join).toList();
		assertThat(answers).allSatisfy((answer) -> {
			assertThat(answer.statusCode()).isEqualTo(201);
			assertThat(answer.body()).isEqualTo(answers.get(0).body());
		});
		assertThat(answers).filteredOn((answer) -> answer.headers().firstValue("Idempotent-Replayed").isPresent())
			.hasSize(7);
		assertThat(post(key, order.formatted(3)).join().statusCode()).isEqualTo(422);
		assertThat(post("another-" + key, order.formatted(0)).join().statusCode()).isEqualTo(400);
		assertThat(post(key, order.formatted(2).replace("margaret", "ada")).join().statusCode()).isEqualTo(422);
		assertThat(post(null, order.formatted(2)).join().statusCode()).isEqualTo(400);
		assertThat(post("next-" + key, order.formatted(1)).join().body()).contains("\"number\":2");
	}

	/**
	 * An id of the client's own is a second defence, for whoever loses the key.
	 */
	@Test
	void orderIdOfAnotherOrderIsAConflict() {
		String order = "{\"orderId\":\"" + UUID.randomUUID()
				+ "\",\"customer\":\"hedy\",\"sku\":\"filter\",\"quantity\":%d}";
		assertThat(post(UUID.randomUUID().toString(), order.formatted(2)).join().statusCode()).isEqualTo(201);
		assertThat(post(UUID.randomUUID().toString(), order.formatted(2)).join().body()).contains("\"number\":1");
		assertThat(post(UUID.randomUUID().toString(), order.formatted(3)).join().statusCode()).isEqualTo(409);
	}

	private static CompletableFuture<HttpResponse<String>> post(String key, String order) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sample.url() + "/orders"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(order));
		if (key != null) {
			request.header("Idempotency-Key", key);
		}
		return HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static String done(long orders) {
		return "Each of " + orders + " orders was reserved once and shipped once.";
	}

	private static void killAndStartAgain(SamplePage page, long before) {
		page.press("kill");
		assertThat(sample.process().waitForExit(Duration.ofSeconds(30))).isEqualTo(137);
		Awaitility.await().until(() -> page.text("gone").contains("spring-boot:run"));
		browser.picture(PICTURES.resolve("killed.png"), "light", 1360);
		sample.close();
		sample = startSample(URI.create(sample.url()).getPort());
		page.awaitLog("Process " + sample.process().pid() + " is up");
		page.placeOrders(1);
		page.awaitVerdict(done(before + 17));
	}

}
