// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network between a client and a server that breaks when told to. Put its address in
 * place of the server's.
 * <p>
 * To lose a {@code COMMIT} of PostgreSQL add {@code prepareThreshold=0} to the JDBC URL:
 * otherwise the driver prepares the statement and later sends its name only.
 */
public final class TcpProxy implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(TcpProxy.class);

	private final InetSocketAddress server;

	private final int port = Ports.free();

	private final Set<TcpLink> links = ConcurrentHashMap.newKeySet();

	private final List<Trap> traps = new CopyOnWriteArrayList<>();

	private final Gate replies = new Gate();

	private @Nullable ServerSocket listener;

	private @Nullable Thread acceptor;

	private TcpProxy(InetSocketAddress server) {
		this.server = server;
	}

	/**
	 * Starts a proxy on a free port of the loopback interface.
	 */
	public static TcpProxy to(String host, int port) {
		TcpProxy proxy = new TcpProxy(new InetSocketAddress(host, port));
		proxy.acceptConnections();
		return proxy;
	}

	public String host() {
		return "127.0.0.1";
	}

	public int port() {
		return this.port;
	}

	/**
	 * How many connections go through the proxy at the moment.
	 */
	public int connections() {
		return this.links.size();
	}

	/**
	 * Cuts all connections now. New ones are accepted unless they are refused.
	 */
	public void cutAll() {
		this.links.forEach(TcpLink::cut);
	}

	/**
	 * Refuses new connections, as a host without the server does. Waits for the acceptor
	 * to end: until it has left the socket, the kernel goes on shaking hands.
	 */
	public synchronized void refuseConnections() {
		ServerSocket socket = this.listener;
		Thread accepting = this.acceptor;
		this.listener = null;
		this.acceptor = null;
		if (socket != null && accepting != null) {
			TcpLink.closeQuietly(socket);
			try {
				accepting.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Accepts connections again.
	 */
	public synchronized void acceptConnections() {
		if (this.listener != null) {
			return;
		}
		try {
			ServerSocket socket = new ServerSocket();
			socket.setReuseAddress(true);
			socket.bind(new InetSocketAddress(InetAddress.getByName(host()), this.port));
			this.listener = socket;
			this.acceptor = TcpLink.thread("accept", () -> accept(socket));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot listen on port " + this.port, ex);
		}
	}

	/**
	 * Holds back whatever the server says, on all connections, until {@link #unmute()}.
	 * Requests still reach it.
	 */
	public void muteReplies() {
		this.replies.close();
	}

	/**
	 * Delivers what was held back and all that follows.
	 */
	public void unmute() {
		this.replies.open();
	}

	/**
	 * Loses whatever is said from now on over the connections there are, and tells
	 * neither end, as a firewall does that has forgotten them. New ones work.
	 */
	public void forgetConnections() {
		this.links.forEach(TcpLink::forget);
	}

	/**
	 * Loses a request: cuts the next connection on which a client sends the text, without
	 * forwarding the bytes in which it ends.
	 * @return completes when the connection has been cut
	 */
	public CompletableFuture<Void> cutBefore(String text) {
		return arm(new Trap(text, false, new CompletableFuture<>()));
	}

	/**
	 * Loses a reply: forwards the text, waits until the server answers, and cuts the
	 * connection instead of delivering the answer. What the client asked for has
	 * happened. Meant for protocols in which a client waits for its answer.
	 * @return completes when the connection has been cut
	 */
	public CompletableFuture<Void> cutAfter(String text) {
		return arm(new Trap(text, true, new CompletableFuture<>()));
	}

	private CompletableFuture<Void> arm(Trap trap) {
		this.traps.add(trap);
		return trap.sprung();
	}

	@Override
	public void close() {
		refuseConnections();
		cutAll();
		unmute();
	}

	/**
	 * Takes the trap whose text ends in the new bytes out of the list.
	 */
	@Nullable Trap spring(byte[] before, byte[] bytes) {
		for (Trap trap : this.traps) {
			if (trap.matches(before, bytes) && this.traps.remove(trap)) {
				return trap;
			}
		}
		return null;
	}

	void awaitUnmuted() throws InterruptedException {
		this.replies.awaitOpen();
	}

	void ended(TcpLink link) {
		this.links.remove(link);
	}

	private void accept(ServerSocket socket) {
		while (!socket.isClosed()) {
			try {
				Socket client = socket.accept();
				TcpLink link = new TcpLink(this, client);
				this.links.add(link);
				link.connect(this.server);
			}
			catch (IOException ex) {
				logger.debug("Connections to port {} are refused now", this.port, ex);
			}
		}
	}

	/**
	 * A text that cuts the connection on which a client sends it.
	 *
	 * @param text what to wait for
	 * @param afterReply whether the server gets it and answers before the cut
	 * @param sprung completes with the cut
	 */
	record Trap(String text, boolean afterReply, CompletableFuture<Void> sprung) {

		boolean matches(byte[] before, byte[] bytes) {
			int overlap = Math.min(before.length, this.text.length() - 1);
			String seen = new String(before, before.length - overlap, overlap, StandardCharsets.ISO_8859_1)
					+ new String(bytes, StandardCharsets.ISO_8859_1);
			return seen.contains(this.text);
		}

	}

	/**
	 * Lets replies through, or not.
	 */
	private static final class Gate {

		private boolean open = true;

		synchronized void close() {
			this.open = false;
		}

		synchronized void open() {
			this.open = true;
			notifyAll();
		}

		synchronized void awaitOpen() throws InterruptedException {
			while (!this.open) {
				wait();
			}
		}

	}

}
