// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.SharedPostgres;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A mail server that accepts a mail and does not say so, and a sender that dies then.
 */
@Tag("soak")
class MailCrashIT {

	private static final Duration LONG = Duration.ofSeconds(90);

	private final SharedPostgres database = SharedPostgres.open();

	private final List<String> mails = new CopyOnWriteArrayList<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final SMTPServer server = SMTPServer.port(0)
		.bindAddress(InetAddress.getLoopbackAddress())
		.hideTLS()
		.messageHandlerFactory(Delivery::new)
		.build();

	private volatile Answer answer = Answer.ACCEPTED;

	MailCrashIT() {
		this.server.start();
	}

	@AfterEach
	void close() {
		this.closed.countDown();
		this.server.stop();
		this.database.close();
	}

	@Test
	void aMailIsSentOnce() {
		assertThat(send()).isEqualTo("END Applied");
		assertThat(send()).isEqualTo("END Duplicate");
		assertThat(this.mails).hasSize(1);
	}

	@Test
	void aMailWhoseConnectionIsCutAfterItWasAcceptedIsInDoubtAndNotSentAgain() {
		this.answer = Answer.CUT;
		assertThat(send()).isEqualTo("END EffectInDoubtException");
		this.answer = Answer.ACCEPTED;
		assertThat(send()).isEqualTo("END EffectInDoubtException");
		assertThat(this.mails).hasSize(1);
		assertThat(states()).containsExactly("IN_DOUBT");
	}

	@Test
	void whoIsKilledBeforeTheMailServerAnswersLeavesOneMailAndOneDoubt() {
		this.answer = Answer.NONE;
		try (ChildProcess dead = process().start()) {
			Awaitility.await().atMost(LONG).until(() -> !this.mails.isEmpty());
			dead.kill9();
		}
		assertThat(states()).containsExactly("CLAIMED");
		this.answer = Answer.ACCEPTED;
		assertThat(send()).isEqualTo("END EffectInDoubtException");
		assertThat(this.mails).hasSize(1);
		assertThat(states()).containsExactly("IN_DOUBT");
	}

	private String send() {
		try (ChildProcess process = process().start()) {
			return process.waitForLine("^END", LONG);
		}
	}

	private JavaProcess process() {
		return JavaProcess.of(MailProcess.class)
			.argument("--spring.config.location=optional:classpath:/none/",
					"--spring.datasource.url=" + this.database.jdbcUrl(),
					"--spring.datasource.username=" + this.database.username(),
					"--spring.datasource.password=" + this.database.password(), "--spring.flyway.enabled=false",
					"--idempotency.outbox.relay.enabled=false", "--idempotency.external.lease=2s",
					"--idempotency.inbox.wait-for=30s", "--spring.mail.host=127.0.0.1",
					"--spring.mail.port=" + this.server.getPortAllocated());
	}

	private List<String> states() {
		return new JdbcTemplate(this.database.dataSource()).queryForList("SELECT status FROM idempotency_claim",
				String.class);
	}

	private enum Answer {

		ACCEPTED, CUT, NONE

	}

	/**
	 * One mail.
	 */
	private final class Delivery implements MessageHandler {

		private final MessageContext context;

		private Delivery(MessageContext context) {
			this.context = context;
		}

		@Override
		public void from(String sender) {
		}

		@Override
		public void recipient(String recipient) {
		}

		@Override
		public @Nullable String data(InputStream data) throws IOException {
			MailCrashIT.this.mails.add(new String(data.readAllBytes(), StandardCharsets.UTF_8));
			switch (MailCrashIT.this.answer) {
				case ACCEPTED -> {
				}
				case CUT -> ((Session) this.context).closeSocket();
				case NONE -> await();
			}
			return null;
		}

		private void await() {
			try {
				MailCrashIT.this.closed.await(2, TimeUnit.MINUTES);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public void done() {
		}

	}

}
