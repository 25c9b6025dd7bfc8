// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

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
		page.placeOrders(10);
		page.awaitVerdict("Each of 10 orders was reserved once and shipped once.");
		assertThat(page.number("suppressed")).isZero();
		browser.picture(PICTURES.resolve("light.png"), "light", 1360);

		page.press("deliver-again");
		page.awaitNumber("suppressed-inventory", (suppressed) -> suppressed >= 10);
		page.awaitNumber("suppressed-shipping", (suppressed) -> suppressed >= 10);
		page.awaitNumber("counted", (counted) -> counted == 20);
		assertThat(page.number("reservations")).isEqualTo(10);
		assertThat(page.number("shipments")).isEqualTo(10);
		assertThat(page.number("repeated")).isZero();

		page.press("deliver-out-of-order");
		page.awaitVerdict("Each of 15 orders was reserved once and shipped once.");
		assertThat(page.number("disordered")).isEqualTo(4);

		page.press("fail-next-commit");
		page.placeOrders(1);
		page.awaitVerdict("Each of 16 orders was reserved once and shipped once.");
		page.awaitLog("PostgreSQL will refuse 1 commit");
		assertThat(page.cell("flows", "inventory", "Not committed")).isEqualTo("1");
		browser.picture(PICTURES.resolve("dark.png"), "dark", 1360);
		browser.picture(PICTURES.resolve("phone.png"), "light", 420);
		killAndStartAgain(page);
	}

	private static void killAndStartAgain(SamplePage page) {
		page.press("kill");
		assertThat(sample.process().waitForExit(Duration.ofSeconds(30))).isEqualTo(137);
		Awaitility.await().until(() -> page.text("gone").contains("spring-boot:run"));
		browser.picture(PICTURES.resolve("killed.png"), "light", 1360);
		sample.close();
		sample = startSample(URI.create(sample.url()).getPort());
		page.awaitLog("Process " + sample.process().pid() + " is up");
		page.placeOrders(1);
		page.awaitVerdict("Each of 17 orders was reserved once and shipped once.");
	}

}
