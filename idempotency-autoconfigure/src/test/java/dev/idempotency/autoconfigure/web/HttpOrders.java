// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.ExactlyOnceEffect;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;

/**
 * Handlers of all kinds. What the hook of an order does happens inside of its effect.
 */
@RestController
class HttpOrders {

	private final Map<String, Runnable> hooks = new ConcurrentHashMap<>();

	private final List<String> told = new CopyOnWriteArrayList<>();

	private final JdbcTemplate jdbc;

	private final Inner inner;

	HttpOrders(JdbcTemplate jdbc, Inner inner) {
		this.jdbc = jdbc;
		this.inner = inner;
		jdbc.execute("create table if not exists orders (id varchar(100))");
	}

	int count(String id) {
		return this.jdbc.queryForObject("select count(*) from orders where id = ?", Integer.class, id);
	}

	void hook(String id, Runnable hook) {
		this.hooks.put(id, hook);
	}

	List<String> told() {
		return this.told;
	}

	private Receipt apply(String id) {
		this.jdbc.update("insert into orders values (?)", id);
		this.hooks.getOrDefault(id, () -> {
		}).run();
		return new Receipt(id, UUID.randomUUID(), new BigDecimal("9.90"));
	}

	@PostMapping("/orders")
	@Transactional
	@ExactlyOnceEffect(flow = "http-orders")
	public ResponseEntity<Receipt> place(@RequestBody Order order) {
		Receipt receipt = apply(order.id());
		return ResponseEntity.status(201)
			.header("Location", "/orders/" + order.id())
			.header("Set-Cookie", "session=secret")
			.header("Authorization", "secret")
			.header("X-Once", receipt.number().toString())
			.body(receipt);
	}

	@PostMapping("/plain")
	@ResponseStatus(HttpStatus.ACCEPTED)
	@ExactlyOnceEffect(flow = "http-plain")
	public Receipt plain(@RequestBody Order order) {
		return apply(order.id());
	}

	@PostMapping("/nothing/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	@ExactlyOnceEffect(flow = "http-nothing")
	public void nothing(@PathVariable String id) {
		apply(id);
	}

	@PostMapping("/problem")
	@ExactlyOnceEffect(flow = "http-problem")
	public ProblemDetail problem(@RequestBody Order order) {
		apply(order.id());
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "sold out " + UUID.randomUUID());
	}

	@PostMapping("/wildcard")
	@ExactlyOnceEffect(flow = "http-wildcard")
	public ResponseEntity<?> wildcard(@RequestBody Order order) {
		return ResponseEntity.ok(List.of(apply(order.id())));
	}

	@PostMapping("/rejecting")
	@Transactional(noRollbackFor = ResponseStatusException.class)
	@ExactlyOnceEffect(flow = "http-rejecting")
	public void reject(@RequestBody Order order) {
		apply(order.id());
		throw new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED, "declined");
	}

	@PostMapping("/refusing")
	@Transactional(noRollbackFor = IllegalStateException.class)
	@ExactlyOnceEffect(flow = "http-refusing")
	public Receipt refuse(@RequestBody Order order) {
		apply(order.id());
		throw new IllegalStateException("says nothing of its status");
	}

	@PostMapping("/form")
	@ExactlyOnceEffect(flow = "http-form")
	public Receipt form(@RequestParam String id) {
		return apply(id);
	}

	@PostMapping("/upload")
	@ExactlyOnceEffect(flow = "http-upload")
	public Receipt upload(@RequestParam MultipartFile file) {
		return apply(file.getOriginalFilename());
	}

	@PostMapping("/keyed")
	@ExactlyOnceEffect(flow = "http-keyed", key = "#p0.id")
	public Receipt keyed(@RequestBody Order order) {
		return apply(order.id());
	}

	@PostMapping("/nested")
	@ExactlyOnceEffect(flow = "http-nested")
	public Receipt nested(@RequestBody Order order) {
		apply(order.id());
		this.inner.unkeyed();
		return apply(order.id());
	}

	@PostMapping("/around")
	@ExactlyOnceEffect(flow = "http-around")
	public Receipt around(@RequestBody Order order) {
		this.inner.keyed(order.id());
		return apply(order.id());
	}

	@PostMapping("/outside")
	@ExactlyOnceEffect(flow = "http-outside", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
	public Receipt outside(@RequestBody Order order) {
		return apply(order.id());
	}

	@PostMapping("/declining")
	@ExactlyOnceEffect(flow = "http-declining", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
	public Receipt decline(@RequestBody Order order) {
		apply(order.id());
		throw new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED, "declined");
	}

	@PostMapping("/outside/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	@ExactlyOnceEffect(flow = "http-outside-nothing", contract = EffectContract.EXTERNAL_WITH_KEY)
	public void outsideNothing(@PathVariable String id) {
		apply(id);
	}

	@PostMapping("/told/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	@ExactlyOnceEffect(flow = "http-told", contract = EffectContract.EXTERNAL_WITH_KEY)
	public void told(@PathVariable String id) {
		this.told.add(id);
	}

	@GetMapping("/orders/{id}")
	public int read(@PathVariable String id) {
		return count(id);
	}

	@PutMapping("/orders/{id}")
	public Receipt unprotected(@PathVariable String id) {
		return apply(id);
	}

	record Order(String id, BigDecimal amount) {
	}

	record Receipt(String id, UUID number, BigDecimal price) {
	}

	static class Inner {

		@ExactlyOnceEffect(flow = "http-inner")
		public void unkeyed() {
		}

		@ExactlyOnceEffect(flow = "http-inner-keyed", key = "#p0")
		public String keyed(String id) {
			return id;
		}

	}

	static class Events implements EffectListener {

		final List<EffectEvent> all = new CopyOnWriteArrayList<>();

		@Override
		public void on(EffectEvent event) {
			this.all.add(event);
		}

	}

	/**
	 * As many applications have one.
	 */
	@RestControllerAdvice
	static class CatchAll {

		@ExceptionHandler(Exception.class)
		ResponseEntity<String> all(Exception failure) {
			int status = (failure instanceof ResponseStatusException ex) ? ex.getStatusCode().value() : 500;
			return ResponseEntity.status(status).body("the application says: " + failure.getClass().getSimpleName());
		}

	}

}
