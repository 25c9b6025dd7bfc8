// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that place orders and repeat each one, under the same id, until it is
 * confirmed. So in the end every order sent is known to be placed, whatever was killed in
 * between. No two loads have an order or a customer in common: what one left in a topic
 * says nothing about the next.
 */
final class Load implements AutoCloseable {

	private static final int CLIENTS = 4;

	private static final int CUSTOMERS = 30;

	private static final AtomicInteger LOADS = new AtomicInteger();

	private static final Duration TIMEOUT = Duration.ofSeconds(3);

	private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

	private final Set<String> placed = ConcurrentHashMap.newKeySet();

	private final List<Client> clients = new ArrayList<>();

	private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(CLIENTS);

	private final String url;

	private final int load = LOADS.incrementAndGet();

	private volatile boolean stopping;

	/**
	 * Starts to place orders.
	 * @param url address of the shop
	 * @param pause time between two requests of one client
	 */
	Load(String url, Duration pause) {
		this.url = url;
		for (int number = 0; number < CLIENTS; number++) {
			Client client = new Client(number);
			this.clients.add(client);
			this.executor.scheduleWithFixedDelay(client, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	Set<String> placed() {
		return Set.copyOf(this.placed);
	}

	/**
	 * Waits until more orders are placed, as proof that the shop works.
	 * @param more how many
	 */
	void awaitProgress(int more) {
		int before = this.placed.size();
		await().atMost(Duration.ofMinutes(2))
			.untilAsserted(() -> assertThat(this.placed).hasSizeGreaterThanOrEqualTo(before + more));
	}

	/**
	 * Sends no new order and repeats those under way until they are confirmed.
	 * @return the ids of all orders sent
	 */
	Set<String> finish() {
		this.stopping = true;
		await().atMost(Duration.ofMinutes(2))
			.untilAsserted(() -> assertThat(this.clients).allMatch((client) -> client.pending == null));
		return placed();
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

	/**
	 * One client with one order at a time.
	 */
	private final class Client implements Runnable {

		private final int number;

		private int count;

		private volatile @Nullable String pending;

		private Client(int number) {
			this.number = number;
		}

		@Override
		public void run() {
			String order = this.pending;
			if (order == null && !Load.this.stopping) {
				order = "order-" + Load.this.load + "-" + this.number + "-" + this.count++;
				this.pending = order;
			}
			if (order != null && place(order)) {
				Load.this.placed.add(order);
				this.pending = null;
			}
		}

		private boolean place(String order) {
			String body = "{\"orderId\":\"" + order + "\",\"customer\":\"customer-" + Load.this.load + "-"
					+ Math.floorMod(order.hashCode(), CUSTOMERS) + "\",\"sku\":\"sku-" + this.number
					+ "\",\"quantity\":1}";
			HttpRequest request = HttpRequest.newBuilder(URI.create(Load.this.url + "/orders"))
				.timeout(TIMEOUT)
				.header("Content-Type", "application/json")
				.header("Idempotency-Key", order)
				.POST(HttpRequest.BodyPublishers.ofString(body))
				.build();
			try {
				return Load.this.http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 201;
			}
			catch (IOException ex) {
				return false;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
		}

	}

}
