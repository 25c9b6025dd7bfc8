// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What clients make of one request whose connection breaks before the answer: the table
 * in docs/external-effects.md. If this test fails after an update, that table is to be
 * corrected.
 */
class RepeatingClientsTests {

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final ServerSocket server = listen();

	@AfterEach
	void close() throws Exception {
		this.server.close();
		this.threads.shutdownNow();
		assertThat(this.threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "POST, 1", "PUT, 1", "DELETE, 1", "GET, 2" })
	void theClientOfTheJdkRepeatsWhatOnlyReads(HttpMethod method, int times) {
		assertThat(timesSent(new JdkClientHttpRequestFactory(HttpClient.newHttpClient()), method)).isEqualTo(times);
	}

	@ParameterizedTest
	@CsvSource({ "POST, 1", "PUT, 1", "DELETE, 1", "GET, 2" })
	void theSimpleClientOfSpringStreamsAndSoRepeatsWhatOnlyReads(HttpMethod method, int times) {
		assertThat(timesSent(new SimpleClientHttpRequestFactory(), method)).isEqualTo(times);
	}

	@Test
	void whoUsesHttpUrlConnectionWithoutStreamingSendsAPostTwice() throws IOException {
		HttpURLConnection connection = (HttpURLConnection) uri("/cut").toURL().openConnection();
		connection.setRequestMethod("POST");
		connection.setDoOutput(true);
		connection.getOutputStream().write(new byte[] { '4', '2' });
		assertThatExceptionOfType(IOException.class).isThrownBy(connection::getResponseCode);
		assertThat(this.requests).hasSize(2);
	}

	/**
	 * Over a connection that is kept alive, as in the middle of operation.
	 */
	private int timesSent(ClientHttpRequestFactory factory, HttpMethod method) {
		RestClient client = RestClient.builder().requestFactory(factory).build();
		send(client, method, "/answered");
		assertThatExceptionOfType(RestClientException.class).isThrownBy(() -> send(client, method, "/cut"));
		assertThat(this.requests.get(0)).contains("/answered");
		return this.requests.size() - 1;
	}

	private void send(RestClient client, HttpMethod method, String path) {
		RestClient.RequestBodySpec request = client.method(method).uri(uri(path));
		if (method == HttpMethod.POST || method == HttpMethod.PUT) {
			request.body("42");
		}
		request.retrieve().body(String.class);
	}

	private URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.server.getLocalPort() + path);
	}

	private ServerSocket listen() {
		try {
			ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
			this.threads.execute(() -> accept(socket));
			return socket;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void accept(ServerSocket socket) {
		while (!socket.isClosed()) {
			try {
				Socket connection = socket.accept();
				this.threads.execute(() -> serve(connection));
			}
			catch (IOException ex) {
				assertThat(socket.isClosed()).isTrue();
			}
		}
	}

	/**
	 * Reads requests to their end; answers them or cuts the connection.
	 */
	private void serve(Socket connection) {
		try (connection) {
			BufferedReader in = new BufferedReader(
					new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
			for (String request = in.readLine(); request != null; request = in.readLine()) {
				skip(in);
				this.requests.add(request);
				if (request.contains("/cut")) {
					return;
				}
				connection.getOutputStream()
					.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok".getBytes());
			}
		}
		catch (IOException ex) {
			this.requests.add(ex.toString());
		}
	}

	private static void skip(BufferedReader in) throws IOException {
		int length = 0;
		boolean chunked = false;
		for (String header = in.readLine(); !header.isEmpty(); header = in.readLine()) {
			String text = header.toLowerCase();
			length = text.startsWith("content-length:") ? Integer.parseInt(text.substring(15).trim()) : length;
			chunked = chunked || text.equals("transfer-encoding: chunked");
		}
		in.skip(length);
		while (chunked && !in.readLine().isEmpty()) {
			assertThat(length).isZero();
		}
	}

}
