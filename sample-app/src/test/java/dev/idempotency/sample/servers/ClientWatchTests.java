// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClientWatchTests {

	private static final Duration IDLE = Duration.ofMillis(300);

	@Test
	void endsWhenNobodyEverConnects() throws Exception {
		try (ClientWatch watch = new ClientWatch(IDLE)) {
			idle(watch).get(10, TimeUnit.SECONDS);
		}
	}

	@Test
	void goesOnWhileAnApplicationIsConnectedAndEndsAfterTheLast() throws Exception {
		try (ClientWatch watch = new ClientWatch(IDLE)) {
			CompletableFuture<Void> idle;
			try (ServersConnection first = connect(watch); ServersConnection second = connect(watch)) {
				idle = idle(watch);
				first.close();
				CompletableFuture<Boolean> threeTimesAsLong = new CompletableFuture<Boolean>().completeOnTimeout(true,
						3 * IDLE.toMillis(), TimeUnit.MILLISECONDS);
				assertThat(CompletableFuture.anyOf(idle, threeTimesAsLong).get(10, TimeUnit.SECONDS)).isEqualTo(true);
				assertThat(second).isNotNull();
			}
			idle.get(10, TimeUnit.SECONDS);
		}
	}

	@Test
	void strangerOnTheSamePortIsNotTakenForTheServers() throws IOException {
		try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture.runAsync(() -> {
				try {
					stranger.accept().close();
				}
				catch (IOException ex) {
					throw new CompletionException(ex);
				}
			});
			assertThat(ServersConnection.open(new ServerAddresses(stranger.getLocalPort(), 0, 0, 0, 0, 0))).isNull();
		}
	}

	@Test
	void nobodyAnswersAfterTheEnd() throws IOException {
		ServerAddresses addresses;
		try (ClientWatch watch = new ClientWatch(IDLE)) {
			addresses = new ServerAddresses(watch.port(), 0, 0, 0, 0, 0);
		}
		assertThat(ServersConnection.open(addresses)).isNull();
	}

	private static ServersConnection connect(ClientWatch watch) {
		@Nullable ServersConnection connection = ServersConnection.open(new ServerAddresses(watch.port(), 0, 0, 0, 0, 0));
		return Objects.requireNonNull(connection, "no answer");
	}

	private static CompletableFuture<Void> idle(ClientWatch watch) {
		return CompletableFuture.runAsync(() -> {
			try {
				watch.awaitIdle();
			}
			catch (InterruptedException ex) {
				throw new CompletionException(ex);
			}
		});
	}

}
