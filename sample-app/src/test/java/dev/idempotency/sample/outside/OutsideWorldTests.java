// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.mail.MailException;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSenderImpl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OutsideWorldTests {

	private static final String ORDER = "{\"orderId\":\"o1\",\"cents\":250}";

	private final HttpClient http = HttpClient.newHttpClient();

	@TempDir
	private Path data;

	private OutsideWorld world;

	@BeforeEach
	void start() throws IOException {
		this.world = new OutsideWorld(this.data, (time) -> {
		});
	}

	@AfterEach
	void stop() throws IOException {
		this.world.close();
	}

	@Test
	void theSameKeyChargesOnceAlsoAfterARestart() throws Exception {
		String charge = post("/charges", "k1", ORDER).body();
		stop();
		start();
		assertThat(post("/charges", "k1", ORDER).body()).isEqualTo(charge);
		assertThat(get("/charges")).contains("\"charges\":1", "\"ordersChargedTwice\":0", "\"repeats\":1");
		post("/charges", "k2", ORDER);
		assertThat(get("/charges")).contains("\"charges\":2", "\"ordersChargedTwice\":1");
	}

	@Test
	void aKeyIsGoodForOneChargeAndNeeded() throws Exception {
		post("/charges", "k1", ORDER);
		assertThat(post("/charges", "k1", ORDER.replace("250", "251")).statusCode()).isEqualTo(422);
		assertThat(post("/charges", "", ORDER).statusCode()).isEqualTo(400);
		assertThat(post("/charges", "k3", "no JSON").statusCode()).isEqualTo(400);
		assertThat(get("/charges")).contains("\"charges\":1");
	}

	@Test
	void aSilentChargeIsMadeAndNotAnswered() throws Exception {
		post("/faults", "", "{\"silentCharges\":1,\"droppedMails\":0,\"databaseSeconds\":0}");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> post("/charges", "k1", ORDER));
		assertThat(get("/charges")).contains("\"charges\":1");
		assertThat(post("/charges", "k1", ORDER).statusCode()).isEqualTo(200);
		assertThat(get("/charges")).contains("\"charges\":1", "\"repeats\":1");
	}

	@Test
	void aDroppedMailIsAcceptedAndItsSenderIsNotToldSo() throws Exception {
		send("Your order o1");
		assertThat(get("/mails")).contains("\"mails\":1", "\"repeated\":0");
		post("/faults", "", "{\"silentCharges\":0,\"droppedMails\":1,\"databaseSeconds\":0}");
		assertThatExceptionOfType(MailException.class).isThrownBy(() -> send("Your order o2"));
		assertThat(get("/mails")).contains("\"mails\":2", "\"repeated\":0");
		send("Your order o2");
		stop();
		start();
		assertThat(get("/mails")).contains("\"mails\":3", "\"subjects\":2", "\"repeated\":1");
	}

	private void send(String subject) {
		JavaMailSenderImpl sender = new JavaMailSenderImpl();
		sender.setHost("127.0.0.1");
		sender.setPort(this.world.smtpPort());
		Properties properties = sender.getJavaMailProperties();
		properties.setProperty("mail.smtp.timeout", "2000");
		SimpleMailMessage message = new SimpleMailMessage();
		message.setFrom("shop@example.com");
		message.setTo("ada@example.com");
		message.setSubject(subject);
		message.setText("Thank you");
		sender.send(message);
	}

	private String get(String path) throws Exception {
		return this.http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString()).body();
	}

	private HttpResponse<String> post(String path, String key, String body) throws Exception {
		HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
		if (!key.isEmpty()) {
			request.header("Idempotency-Key", key);
		}
		return this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.world.httpPort() + path))
			.timeout(Duration.ofSeconds(2));
	}

}
