// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.web.KeyScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application of the guide to HTTP.
 */
class HttpGuideTests {

	private final ConfigurableApplicationContext context = new SpringApplicationBuilder(Shop.class,
			OrderController.class)
		.web(WebApplicationType.SERVLET)
		.properties("server.port=0", "spring.main.banner-mode=off", "spring.datasource.generate-unique-name=true",
				"idempotency.outbox.relay.enabled=false")
		.run();

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void aKeyBelongsToItsTenant() throws Exception {
		HttpResponse<String> first = place("acme", 1);
		assertThat(first.statusCode()).isEqualTo(201);
		assertThat(first.headers().firstValue("Location")).hasValue("/orders/1");
		HttpResponse<String> again = place("acme", 1);
		assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
		assertThat(again.headers().firstValue("Location")).hasValue("/orders/1");
		assertThat(place("acme", 2).statusCode()).isEqualTo(422);
		HttpResponse<String> other = place("globex", 2);
		assertThat(other.statusCode()).isEqualTo(201);
		assertThat(other.headers().firstValue("Idempotent-Replayed")).isEmpty();
		assertThat(other.headers().firstValue("Location")).hasValue("/orders/2");
	}

	private HttpResponse<String> place(String tenant, int quantity) throws IOException, InterruptedException {
		String port = this.context.getEnvironment().getProperty("local.server.port");
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/orders"))
				.header("Idempotency-Key", "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"")
				.header("Content-Type", "application/json")
				.header("X-Tenant", tenant)
				.POST(HttpRequest.BodyPublishers.ofString("{\"sku\":\"a\",\"quantity\":" + quantity + "}"))
				.build(), HttpResponse.BodyHandlers.ofString());
	}

	record Order(String sku, int quantity) {
	}

	record Receipt(URI location) {
	}

	static class Orders {

		private final AtomicInteger placed = new AtomicInteger();

		Receipt place(Order order) {
			assertThat(order.quantity()).isPositive();
			return new Receipt(URI.create("/orders/" + this.placed.incrementAndGet()));
		}

	}

	@RestController
	static class OrderController {

		private final Orders orders;

		OrderController(Orders orders) {
			this.orders = orders;
		}

		@PostMapping("/orders")
		@Transactional
		@ExactlyOnceEffect(flow = "place-order")
		public ResponseEntity<Receipt> place(@RequestBody Order order) {
			Receipt receipt = this.orders.place(order);
			return ResponseEntity.created(receipt.location()).body(receipt);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Shop {

		@Bean
		KeyScope keyScope() {
			return (request) -> request.getHeader("X-Tenant");
		}

		@Bean
		Orders orders() {
			return new Orders();
		}

	}

}
