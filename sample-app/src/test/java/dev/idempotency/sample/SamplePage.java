// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample;

import java.time.Duration;
import java.util.function.LongPredicate;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/**
 * The page, as somebody reads and uses it.
 */
final class SamplePage {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final ChromeDriver driver;

	SamplePage(ChromeDriver driver, String url) {
		this.driver = driver;
		driver.get(url + "/");
		await("the page").until(() -> text("status").equals("Running"));
	}

	void placeOrders(int count) {
		this.driver.findElements(By.cssSelector("#count option"))
			.stream()
			.filter((option) -> option.getText().equals(Integer.toString(count)))
			.forEach(WebElement::click);
		press("place-orders");
	}

	/**
	 * Presses a button and waits until it can be pressed again.
	 * @param id its id
	 */
	void press(String id) {
		this.driver.findElement(By.id(id)).click();
		await(id).until(() -> this.driver.findElement(By.id(id)).isEnabled());
	}

	String text(String id) {
		return this.driver.findElement(By.id(id)).getText();
	}

	long number(String id) {
		String text = text(id).replace(",", "");
		return text.matches("\\d+") ? Long.parseLong(text) : -1;
	}

	void awaitNumber(String id, LongPredicate wanted) {
		await(id).until(() -> wanted.test(number(id)));
	}

	void awaitVerdict(String text) {
		await("verdict").until(() -> text("verdict").contains(text));
	}

	void awaitStatus(String text) {
		await("status").until(() -> text("status").equals(text));
	}

	/**
	 * Decides about what is in doubt.
	 * @param operation what is decided
	 */
	void decide(String operation) {
		this.driver.findElement(By.cssSelector("#doubts button[data-operation=" + operation + "]")).click();
	}

	void awaitLog(String text) {
		await("log").until(() -> text("log").contains(text));
	}

	String cell(String table, String row, String column) {
		WebElement body = this.driver.findElement(By.id(table));
		int index = body.findElements(By.cssSelector("thead th"))
			.stream()
			.map(WebElement::getText)
			.toList()
			.indexOf(column);
		return body.findElements(By.cssSelector("tbody tr"))
			.stream()
			.filter((line) -> line.getText().startsWith(row))
			.map((line) -> line.findElements(By.cssSelector("th, td")).get(index).getText())
			.findFirst()
			.orElse("no row " + row);
	}

	private static ConditionFactory await(String what) {
		return Awaitility.await(what).atMost(PATIENCE).ignoreExceptions();
	}

}
