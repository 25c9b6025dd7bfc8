// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.state;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Asks the outside world what it did, as nobody but this page may.
 */
@Component
@ConditionalOnProperty("sample.provider.url")
class OutsideReport {

	private static final Logger logger = LoggerFactory.getLogger(OutsideReport.class);

	private final RestClient http;

	OutsideReport(@Value("${sample.provider.url}") String url) {
		this.http = RestClient.create(url);
	}

	PipelineState.@Nullable Outside read() {
		try {
			Charges charges = this.http.get().uri("/charges").retrieve().body(Charges.class);
			Mails mails = this.http.get().uri("/mails").retrieve().body(Mails.class);
			return (charges != null && mails != null) ? new PipelineState.Outside(charges.charges(),
					charges.ordersChargedTwice(), charges.repeats(), mails.mails(), mails.repeated()) : null;
		}
		catch (RestClientException ex) {
			logger.debug("The outside world does not answer", ex);
			return null;
		}
	}

	/**
	 * What the provider says.
	 *
	 * @param charges charges made
	 * @param ordersChargedTwice orders charged more than once
	 * @param repeats repeated requests that charged nothing
	 */
	record Charges(long charges, long ordersChargedTwice, long repeats) {
	}

	/**
	 * What the mail server says.
	 *
	 * @param mails mails accepted
	 * @param repeated orders with more than one
	 */
	record Mails(long mails, long repeated) {
	}

}
