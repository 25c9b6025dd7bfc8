// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * A headless Chromium with an empty profile.
 */
final class Browser implements AutoCloseable {

	private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

	private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

	private final ChromeDriver driver;

	private Browser(ChromeDriver driver) {
		this.driver = driver;
	}

	/**
	 * Starts the browser. Where there is none the test is skipped, or fails if everything
	 * must be proved.
	 * @param profile an empty directory
	 * @return the browser
	 */
	static Browser start(Path profile) {
		for (Path program : List.of(CHROMIUM, DRIVER)) {
			if (!Files.isExecutable(program)) {
				String missing = "No " + program + "; install the packages chromium and chromium-driver";
				if (System.getenv("CI") != null) {
					throw new IllegalStateException(missing);
				}
				Assumptions.abort(missing);
			}
		}
		ChromeOptions options = new ChromeOptions().setBinary(CHROMIUM.toFile());
		options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=" + profile);
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build();
		return new Browser(new ChromeDriver(service, options));
	}

	ChromeDriver driver() {
		return this.driver;
	}

	/**
	 * Takes a picture of the whole page.
	 * @param file where to put it
	 * @param scheme {@code light} or {@code dark}
	 * @param width width of the window in pixels
	 */
	void picture(Path file, String scheme, int width) {
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
		this.driver.manage().window().setSize(new Dimension(width, 900));
		Number height = (Number) this.driver.executeScript("return document.documentElement.scrollHeight");
		this.driver.manage().window().setSize(new Dimension(width, (height != null) ? height.intValue() + 150 : 900));
		try {
			Files.createDirectories(file.getParent());
			Files.write(file, this.driver.getScreenshotAs(OutputType.BYTES));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
