// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.util.List;

import dev.idempotency.testing.KafkaProcess;
import dev.idempotency.testing.PrivatePostgres;
import dev.idempotency.testing.PrivateRabbit;

/**
 * Real servers of the test's own, so that they may be killed.
 */
final class Servers implements AutoCloseable {

	final PrivatePostgres postgres = PrivatePostgres.started();

	final KafkaProcess kafka = KafkaProcess.started();

	final PrivateRabbit rabbit = PrivateRabbit.started();

	/**
	 * Where the sample finds them.
	 * @return configuration properties
	 */
	List<String> properties() {
		return List.of("spring.profiles.active=servers", "spring.datasource.url=" + this.postgres.jdbcUrl(),
				"spring.datasource.username=" + this.postgres.username(),
				"spring.datasource.password=" + this.postgres.password(),
				"spring.kafka.bootstrap-servers=" + this.kafka.bootstrapServers(),
				"spring.rabbitmq.port=" + this.rabbit.port());
	}

	@Override
	public void close() {
		this.rabbit.close();
		this.kafka.close();
		this.postgres.close();
	}

}
