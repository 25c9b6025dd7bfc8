// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Charges by HTTP, and shows what the outside world did. {@code POST /charges} needs an
 * {@code Idempotency-Key}: the same key charges once.
 */
final class PaymentProvider implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(PaymentProvider.class);

	private static final int OK = 200;

	private static final int BAD_REQUEST = 400;

	private static final int METHOD_NOT_ALLOWED = 405;

	private static final int UNPROCESSABLE = 422;

	/** Longer than any client waits. */
	private static final long SILENCE_SECONDS = 30;

	private final JsonMapper json = JsonMapper.builder().build();

	private final ExecutorService workers = Executors.newFixedThreadPool(4);

	private final ScheduledExecutorService silence = Executors.newScheduledThreadPool(2);

	private final Charges charges;

	private final Mails mails;

	private final Faults faults;

	private final HttpServer server;

	private final DatabaseSwitch database;

	PaymentProvider(Charges charges, Mails mails, Faults faults, DatabaseSwitch database) throws IOException {
		this.database = database;
		this.charges = charges;
		this.mails = mails;
		this.faults = faults;
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.workers);
		this.server.createContext("/charges", this::charges);
		this.server.createContext("/mails", (exchange) -> answer(exchange, OK, this.mails.summary()));
		this.server.createContext("/faults", this::faults);
		this.server.start();
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	private void charges(HttpExchange exchange) throws IOException {
		if (exchange.getRequestMethod().equals("GET")) {
			answer(exchange, OK, this.charges.summary());
			return;
		}
		Order order = read(exchange, Order.class);
		String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
		if (order == null || key == null || key.isBlank() || key.length() > 255) {
			answer(exchange, BAD_REQUEST, Map.of("error", "An order and an Idempotency-Key are needed"));
			return;
		}
		Charges.Charge charge = this.charges.charge(key, order.orderId(), order.cents());
		if (this.faults.silencesCharge()) {
			logger.warn("Charged order {} and says nothing", order.orderId());
			this.silence.schedule(exchange::close, SILENCE_SECONDS, TimeUnit.SECONDS);
		}
		else if (charge.isFor(order.orderId(), order.cents())) {
			answer(exchange, OK, charge);
		}
		else {
			answer(exchange, UNPROCESSABLE, Map.of("error", "The key was used for another charge"));
		}
	}

	private void faults(HttpExchange exchange) throws IOException {
		Fault fault = read(exchange, Fault.class);
		if (!exchange.getRequestMethod().equals("POST") || fault == null) {
			answer(exchange, METHOD_NOT_ALLOWED, Map.of("error", "POST a fault"));
			return;
		}
		this.faults.silenceCharges(fault.silentCharges());
		this.faults.dropMails(fault.droppedMails());
		if (fault.databaseSeconds() > 0) {
			this.silence.execute(() -> this.database.off(Duration.ofSeconds(fault.databaseSeconds())));
		}
		answer(exchange, OK, fault);
	}

	private <T> @Nullable T read(HttpExchange exchange, Class<T> type) throws IOException {
		try (InputStream body = exchange.getRequestBody()) {
			return this.json.readValue(body, type);
		}
		catch (JacksonException ex) {
			logger.debug("Not JSON of {}", type, ex);
			return null;
		}
	}

	private void answer(HttpExchange exchange, int status, Object body) throws IOException {
		byte[] bytes = this.json.writeValueAsBytes(body);
		exchange.getResponseHeaders().add("Content-Type", "application/json");
		exchange.sendResponseHeaders(status, bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.workers.shutdownNow();
		this.silence.shutdownNow();
	}

	/**
	 * What is to be paid.
	 *
	 * @param orderId the order
	 * @param cents how much
	 */
	record Order(String orderId, long cents) {
	}

	/**
	 * What is to go wrong.
	 *
	 * @param silentCharges charges made and not answered
	 * @param droppedMails mails accepted without saying so
	 * @param databaseSeconds how long the database is away
	 */
	record Fault(int silentCharges, int droppedMails, int databaseSeconds) {
	}

}
