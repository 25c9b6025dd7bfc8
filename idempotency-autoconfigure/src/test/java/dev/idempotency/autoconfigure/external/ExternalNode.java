// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.ProviderProfile;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.inbox.ClaimSweeper;
import dev.idempotency.inbox.ExternalCall;
import dev.idempotency.inbox.ExternalEffects;
import dev.idempotency.inbox.ExternalSettings;
import dev.idempotency.inbox.ListedFailures;
import dev.idempotency.inbox.Pauses;
import dev.idempotency.inbox.ThreadedHeartbeats;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.JdbcClaimStore;

/**
 * A process whose threads all want to charge for the same order. Prints what each of them
 * got.
 */
public final class ExternalNode {

	static final Duration LEASE = Duration.ofSeconds(2);

	private ExternalNode() {
	}

	/**
	 * Runs it.
	 * @param arguments URL of the database, user, URL of the provider, contract, number
	 * of threads
	 */
	public static void main(String[] arguments) throws Exception {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(arguments[0]);
		config.setUsername(arguments[1]);
		config.setMaximumPoolSize(6);
		config.setConnectionTimeout(30000);
		int threads = Integer.parseInt(arguments[4]);
		try (HikariDataSource pool = new HikariDataSource(config);
				ThreadedHeartbeats heartbeats = new ThreadedHeartbeats(2)) {
			JdbcClaimStore store = new JdbcClaimStore(pool, Dialect.of(pool));
			EffectListener listener = ExternalNode::print;
			AtomicInteger claims = new AtomicInteger();
			ExternalEffects effects = new ExternalEffects(store,
					() -> ProcessHandle.current().pid() + "/" + claims.incrementAndGet(), heartbeats, Pauses.REAL,
					listener, EffectObservation.NONE, Clock.systemUTC());
			ExternalCall call = new ExternalCall(new EffectKey("payment", "orders", "42"), null,
					EffectContract.valueOf(arguments[3]),
					new ExternalSettings(LEASE, Duration.ofSeconds(30), Duration.ofDays(1), 3, ProviderProfile.GENERIC,
							Set.of(), new ListedFailures(List.of(), List.of()), false));
			ClaimSweeper sweeper = new ClaimSweeper(store, listener, 10);
			Executors.newSingleThreadScheduledExecutor((task) -> {
				Thread thread = new Thread(task);
				thread.setDaemon(true);
				return thread;
			}).scheduleWithFixedDelay(sweeper::sweep, 100, 100, TimeUnit.MILLISECONDS);
			ExecutorService callers = Executors.newFixedThreadPool(threads);
			for (int i = 0; i < threads; i++) {
				callers.execute(() -> charge(effects, call, URI.create(arguments[2])));
			}
			callers.shutdown();
			callers.awaitTermination(2, TimeUnit.MINUTES);
			System.out.println("END");
		}
	}

	private static void print(EffectEvent event) {
		System.out.println("EVENT " + event.getClass().getSimpleName());
	}

	private static void charge(ExternalEffects effects, ExternalCall call, URI provider) {
		try {
			EffectResult<String> result = effects.run(call,
					(value) -> new StoredResult("text", value.getBytes(StandardCharsets.UTF_8)), () -> {
						System.out.println("CALLING");
						return post(provider);
					});
			System.out
				.println("GOT " + ((result instanceof EffectResult.Applied<String> applied) ? "now " + applied.value()
						: "again " + new String(((EffectResult.Duplicate<String>) result).stored().body(),
								StandardCharsets.UTF_8)));
		}
		catch (Throwable ex) {
			System.out.println("FAILED " + ex.getClass().getSimpleName());
		}
	}

	private static String post(URI provider) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(provider)
			.timeout(Duration.ofSeconds(90))
			.POST(HttpRequest.BodyPublishers.ofString("42"));
		CurrentEffect.get().idempotencyKey().ifPresent((key) -> request.header("Idempotency-Key", key));
		return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
	}

}
