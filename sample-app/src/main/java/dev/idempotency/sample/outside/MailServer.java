// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;

/**
 * Accepts mail by SMTP, and knows no mail again.
 */
final class MailServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(MailServer.class);

	private static final String SUBJECT = "Subject: ";

	private final Mails mails;

	private final Faults faults;

	private final SMTPServer server;

	MailServer(Mails mails, Faults faults) {
		this.mails = mails;
		this.faults = faults;
		this.server = SMTPServer.port(0)
			.bindAddress(InetAddress.getLoopbackAddress())
			.hideTLS()
			.messageHandlerFactory(Delivery::new)
			.build();
		this.server.start();
	}

	int port() {
		return this.server.getPortAllocated();
	}

	@Override
	public void close() {
		this.server.stop();
	}

	/**
	 * One mail.
	 */
	private final class Delivery implements MessageHandler {

		private final MessageContext context;

		Delivery(MessageContext context) {
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
			String subject = new String(data.readAllBytes(), StandardCharsets.UTF_8).lines()
				.filter((line) -> line.startsWith(SUBJECT))
				.map((line) -> line.substring(SUBJECT.length()))
				.findFirst()
				.orElse("");
			MailServer.this.mails.accept(subject);
			if (MailServer.this.faults.dropsMail()) {
				logger.warn("Accepted '{}' and cuts the connection", subject);
				((Session) this.context).closeSocket();
			}
			return null;
		}

		@Override
		public void done() {
		}

	}

}
