// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Runs provider and mail server. What they did is on disk, and there is no way to take it
 * back.
 */
public final class OutsideWorld implements AutoCloseable {

	private final Charges charges;

	private final Mails mails;

	private final PaymentProvider provider;

	private final MailServer mailServer;

	/**
	 * Starts both on free ports of the loopback interface.
	 * @param data where they keep what they did
	 * @param database the one thing here that is not outside
	 * @throws IOException if they cannot
	 */
	public OutsideWorld(Path data, DatabaseSwitch database) throws IOException {
		Faults faults = new Faults();
		this.charges = new Charges(data.resolve("charges.tsv"));
		this.mails = new Mails(data.resolve("mails.txt"));
		this.provider = new PaymentProvider(this.charges, this.mails, faults, database);
		this.mailServer = new MailServer(this.mails, faults);
	}

	/**
	 * Port of the provider, which also tells about the mails.
	 * @return the port
	 */
	public int httpPort() {
		return this.provider.port();
	}

	/**
	 * Port of the mail server.
	 * @return the port
	 */
	public int smtpPort() {
		return this.mailServer.port();
	}

	@Override
	public void close() throws IOException {
		this.mailServer.close();
		this.provider.close();
		this.mails.close();
		this.charges.close();
	}

}
