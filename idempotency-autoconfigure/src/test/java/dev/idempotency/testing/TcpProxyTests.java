// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TcpProxyTests {

	@AutoClose
	private final ServerSocket listener = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress());

	@AutoClose
	private final TcpProxy proxy = TcpProxy.to("127.0.0.1", this.listener.getLocalPort());

	@AutoClose
	private final Socket client = new Socket(this.proxy.host(), this.proxy.port());

	@AutoClose
	private final Socket server = this.listener.accept();

	TcpProxyTests() throws IOException {
	}

	@BeforeEach
	void bytesPassBothWays() throws IOException {
		say(this.client, "request");
		assertThat(hear(this.server, 7)).isEqualTo("request");
		say(this.server, "reply");
		assertThat(hear(this.client, 5)).isEqualTo("reply");
	}

	@Test
	void textInTwoPiecesIsFound() throws Exception {
		CompletableFuture<Void> cut = this.proxy.cutBefore("COMMIT");
		say(this.client, "COM");
		assertThat(hear(this.server, 3)).isEqualTo("COM");
		say(this.client, "MIT");
		cut.get(10, TimeUnit.SECONDS);
		assertThat(this.server.getInputStream().read()).isEqualTo(-1);
	}

	@Test
	void textSentBeforeTheTrapWasSetDoesNotCount() throws Exception {
		say(this.client, "COMMIT");
		assertThat(hear(this.server, 6)).isEqualTo("COMMIT");
		CompletableFuture<Void> cut = this.proxy.cutBefore("COMMIT");
		say(this.client, "BEGIN");
		assertThat(hear(this.server, 5)).isEqualTo("BEGIN");
		assertThat(cut).isNotDone();
	}

	@Test
	void replyIsLostOnlyAfterTheServerSaidIt() throws Exception {
		CompletableFuture<Void> cut = this.proxy.cutAfter("COMMIT");
		say(this.client, "COMMIT");
		assertThat(hear(this.server, 6)).isEqualTo("COMMIT");
		assertThat(cut).isNotDone();
		say(this.server, "done");
		cut.get(10, TimeUnit.SECONDS);
		assertThat(this.client.getInputStream().read()).isEqualTo(-1);
	}

	@Test
	void mutedRepliesAreDeliveredLater() throws Exception {
		this.proxy.muteReplies();
		say(this.server, "late");
		this.client.setSoTimeout(200);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.client.getInputStream().read());
		this.proxy.unmute();
		this.client.setSoTimeout(10_000);
		assertThat(hear(this.client, 4)).isEqualTo("late");
	}

	@Test
	void forgottenConnectionIsSilentInBothDirections() throws Exception {
		this.proxy.forgetConnections();
		say(this.server, "reply");
		say(this.client, "request");
		this.client.setSoTimeout(200);
		this.server.setSoTimeout(200);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.client.getInputStream().read());
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.server.getInputStream().read());
	}

	private static void say(Socket socket, String text) throws IOException {
		OutputStream out = socket.getOutputStream();
		out.write(text.getBytes(US_ASCII));
		out.flush();
	}

	private static String hear(Socket socket, int length) throws IOException {
		InputStream in = socket.getInputStream();
		return new String(in.readNBytes(length), US_ASCII);
	}

}
