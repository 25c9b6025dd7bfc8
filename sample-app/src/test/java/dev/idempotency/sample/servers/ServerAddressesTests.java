// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ServerAddressesTests {

	private static final ServerAddresses ADDRESSES = new ServerAddresses(1, 2, 3, 4, 5, 6);

	@TempDir
	private Path data;

	@Test
	void whatIsStoredIsLoaded() throws IOException {
		ADDRESSES.store(this.data);
		assertThat(ServerAddresses.load(this.data)).isEqualTo(ADDRESSES);
	}

	@Test
	void nothingIsLoadedBeforeTheFirstStartAndAfterTheEnd() throws IOException {
		assertThat(ServerAddresses.load(this.data)).isNull();
		ADDRESSES.store(this.data);
		ServerAddresses.forget(this.data);
		assertThat(ServerAddresses.load(this.data)).isNull();
	}

	@Test
	void applicationIsToldWhereTheServersAre() {
		assertThat(ADDRESSES.properties())
			.containsEntry("spring.datasource.url", "jdbc:postgresql://127.0.0.1:2/postgres")
			.containsEntry("spring.kafka.bootstrap-servers", "127.0.0.1:3")
			.containsEntry("spring.rabbitmq.port", 4);
	}

}
