// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.fault;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Has the outside world fail, and the database with it. All of it is in another process.
 */
@Component
@ConditionalOnProperty("sample.provider.url")
class OutsideFaults {

	private final RestClient http;

	OutsideFaults(@Value("${sample.provider.url}") String url) {
		this.http = RestClient.create(url);
	}

	/**
	 * The next charge is made, and its answer never comes.
	 */
	void silenceProvider() {
		order(new Fault(1, 0, 0));
	}

	/**
	 * The next mail is accepted, and the connection cut before the server says so.
	 */
	void dropMail() {
		order(new Fault(0, 1, 0));
	}

	/**
	 * The database is stopped and comes back.
	 */
	void stopDatabase(int seconds) {
		order(new Fault(0, 0, seconds));
	}

	private void order(Fault fault) {
		try {
			this.http.post()
				.uri("/faults")
				.contentType(MediaType.APPLICATION_JSON)
				.body(fault)
				.retrieve()
				.toBodilessEntity();
		}
		catch (RestClientException ex) {
			throw new FaultException("The outside world does not answer", ex);
		}
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
