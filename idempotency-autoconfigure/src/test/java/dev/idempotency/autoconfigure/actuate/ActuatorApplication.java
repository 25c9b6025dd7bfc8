// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.delivery.ParkedMessages;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * An application with everything that is auto-configured, and its endpoint over HTTP.
 */
final class ActuatorApplication implements AutoCloseable {

	static final String UNRESTRICTED = "management.endpoint.idempotency.access=unrestricted";

	private final HttpClient http = HttpClient.newHttpClient();

	private final ConfigurableApplicationContext context;

	ActuatorApplication(Class<?> configuration, String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "spring.main.banner-mode=off",
				"spring.datasource.generate-unique-name=true", "spring.kafka.consumer.auto-offset-reset=earliest",
				"management.endpoints.web.exposure.include=idempotency", "idempotency.retry.initial-delay=10ms",
				"idempotency.retry.max-attempts=2"));
		all.addAll(List.of(properties));
		this.context = new SpringApplicationBuilder(configuration).web(WebApplicationType.SERVLET)
			.properties(all.toArray(String[]::new))
			.run();
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	JdbcTemplate jdbc() {
		return bean(JdbcTemplate.class);
	}

	List<ParkedMessages.Entry> parked() {
		return bean(ParkedMessages.class).newest(100);
	}

	HttpResponse<String> get(String part) {
		return exchange(request(part).GET());
	}

	HttpResponse<String> post(String part, String json) {
		return exchange(request(part).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(json)));
	}

	HttpResponse<String> replay(String id) {
		return post("idempotency/parked", "{\"operation\":\"replay\",\"id\":\"" + id + "\"}");
	}

	private HttpRequest.Builder request(String part) {
		String port = this.context.getEnvironment().getProperty("local.server.port");
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/" + part));
	}

	private HttpResponse<String> exchange(HttpRequest.Builder request) {
		try {
			return this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

}
