// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import java.net.http.HttpResponse;

import dev.idempotency.effect.ExactlyOnceEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

class EndpointPartsTests {

	private final ActuatorApplication application = new ActuatorApplication(Application.class,
			"idempotency.outbox.relay.enabled=false", "idempotency.flows.ledger.owner=finance");

	@AfterEach
	void stop() {
		this.application.close();
	}

	@Test
	void gapsOfStreamsAreShown() {
		this.application.jdbc()
			.update("INSERT INTO idempotency_position (owner, position, since, touched_at, epoch, key_hash, flow, stream) "
					+ "VALUES (1, 9, 1, CURRENT_TIMESTAMP, 1, REPEAT(CHAR(1), 32), 'inventory', 'orders-0')");
		this.application.jdbc()
			.update("INSERT INTO idempotency_hole (first_number, last_number, noticed_at, key_hash, state) "
					+ "VALUES (4, 6, CURRENT_TIMESTAMP, REPEAT(CHAR(1), 32), 'OPEN')");
		HttpResponse<String> missing = this.application.get("idempotency/missing");
		assertThat(missing.statusCode()).isEqualTo(200);
		assertThat(missing.body()).contains("\"gaps\":[{\"flow\":\"inventory\",\"stream\":\"orders-0\"", "\"first\":4",
				"\"last\":6", "\"noticedAt\":\"");
	}

	@Test
	void catalogueIsExportedAsATable() {
		HttpResponse<String> table = this.application.get("idempotency/catalogue/markdown");
		assertThat(table.statusCode()).isEqualTo(200);
		assertThat(table.headers().firstValue("Content-Type")).hasValueSatisfying(
				(type) -> assertThat(type.replace(" ", "")).isEqualToIgnoringCase("text/markdown;charset=UTF-8"));
		assertThat(table.body()).startsWith("| Flow |")
			.contains("| ledger | METHOD |", "| EFFECTIVELY_ONCE |", "| finance |");
		assertThat(this.application.get("idempotency/catalogue/html").statusCode()).isEqualTo(404);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Ledger.class)
	static class Application {

	}

	static class Ledger {

		@ExactlyOnceEffect(flow = "ledger", key = "#id")
		public void book(String id) {
		}

	}

}
