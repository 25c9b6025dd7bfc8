// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.time.Duration;
import java.util.List;

import dev.idempotency.web.HttpSettings;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of HTTP requests with an idempotency key.
 *
 * @param header Name of the header that carries the key.
 * @param maxKeyLength Longest key, in characters.
 * @param maxBodySize Largest body of a request with a key; it is held in memory to tell
 * whether it was seen before.
 * @param retryAfter When a client may repeat a request whose first attempt is not
 * finished.
 * @param replayedHeaders Headers of an answer that are stored and sent again.
 * @param problemBase What the types of problem details begin with.
 */
@ConfigurationProperties("idempotency.web")
public record WebIdempotencyProperties(@DefaultValue("Idempotency-Key") String header,
		@DefaultValue("255") int maxKeyLength, @DefaultValue("1MB") DataSize maxBodySize,
		@DefaultValue("1s") Duration retryAfter, @DefaultValue( {
				"Content-Language", "Content-Location", "Content-Type", "ETag", "Last-Modified", "Link",
				"Location" }) List<String> replayedHeaders,
		@DefaultValue("urn:idempotency:problem:") String problemBase){

	HttpSettings settings() {
		return new HttpSettings(this.header, this.maxKeyLength, Math.toIntExact(this.maxBodySize.toBytes()),
				this.retryAfter, this.replayedHeaders, this.problemBase);
	}

}
