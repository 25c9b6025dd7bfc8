// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A provider that charges, then answers, or not. It knows keys for ever; a request
 * without a key is always a new charge.
 */
final class ChargingProvider implements AutoCloseable {

	private final HttpServer server;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<String> keys = new CopyOnWriteArrayList<>();

	private final Map<String, String> charges = new HashMap<>();

	private final CountDownLatch released = new CountDownLatch(1);

	private volatile Answer answer = Answer.AT_ONCE;

	ChargingProvider() {
		this(0);
	}

	ChargingProvider(int port) {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/charges", this::charge);
		this.server.setExecutor(this.threads);
		this.server.start();
	}

	private void charge(HttpExchange exchange) throws IOException {
		String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
		String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		Answer now = this.answer;
		String charge = "";
		synchronized (this.charges) {
			if (now != Answer.NEVER_CHARGES) {
				charge = this.charges.computeIfAbsent((key != null) ? key : "request " + this.keys.size(),
						(it) -> "charge-" + this.charges.size() + "-" + body);
			}
			this.keys.add(String.valueOf(key));
		}
		switch (now) {
			case AT_ONCE -> respond(exchange, 200, charge);
			case ERROR -> respond(exchange, 500, "broken");
			case CUT -> exchange.close();
			case NEVER, NEVER_CHARGES -> {
				await();
				exchange.close();
			}
			case LATE -> {
				await();
				respond(exchange, 200, charge);
			}
		}
	}

	private void await() {
		try {
			this.released.await(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void respond(HttpExchange exchange, int status, String body) throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(status, bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	ChargingProvider answer(Answer how) {
		this.answer = how;
		return this;
	}

	URI uri() {
		return URI.create("http://localhost:" + port() + "/charges");
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	/**
	 * The keys of all requests, in their order; {@code null} as text where there was
	 * none.
	 */
	List<String> keys() {
		return this.keys;
	}

	/**
	 * Ends every wait, also those to come.
	 */
	void release() {
		this.released.countDown();
	}

	int charges() {
		synchronized (this.charges) {
			return this.charges.size();
		}
	}

	@Override
	public void close() {
		release();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/**
	 * What comes after the charge.
	 */
	enum Answer {

		AT_ONCE, ERROR, CUT, NEVER,

		/** Once it is released. */
		LATE,

		/** It reads the request and does nothing. */
		NEVER_CHARGES

	}

}
