// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import dev.idempotency.outbox.StreamPosition;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.Partitioning;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * The last number given in each stream of a destination, as far as it is durable. Pages
 * are numbered from there, so that whoever reads a page again gives the same numbers.
 */
final class LogNumbers {

	/** Partitions whose numbers share a row. */
	private static final int BLOCK = 32;

	private final String destination;

	private final Map<Row, Numbers> given;

	/** Names of streams, of which a page has few and every message has one. */
	private final Map<Long, String> streams = new HashMap<>();

	private LogNumbers(String destination, Map<Row, Numbers> given) {
		this.destination = destination;
		this.given = given;
	}

	static LogNumbers none(String destination) {
		return new LogNumbers(destination, new HashMap<>());
	}

	/**
	 * Reads the numbers of lanes whose cursor the transaction has locked.
	 */
	static LogNumbers of(JdbcOperations jdbc, String destination, long lanes) {
		Map<Row, Numbers> given = new HashMap<>();
		jdbc.query("SELECT lane, first_partition, source, numbering, numbers FROM idempotency_outbox_number "
				+ "WHERE destination = ? AND (?::bigint >> lane) & 1 = 1", (row) -> {
					Long[] numbers = (Long[]) row.getArray("numbers").getArray();
					given.put(
							new Row(row.getInt("lane"), row.getInt("first_partition"),
									Objects.requireNonNull(row.getString("source"))),
							new Numbers(Objects.requireNonNull(row.getString("numbering")),
									Arrays.stream(numbers).mapToLong(Long::longValue).toArray()));
				}, destination, lanes);
		return new LogNumbers(destination, given);
	}

	/**
	 * Gives the messages of a page their numbers. Replays have none: they are for one
	 * flow only.
	 * @param count how many partitions the batch was opened with
	 * @param epoch the numbering the batch was opened with
	 */
	Page number(List<OutboxRecord> messages, int count, String epoch, Partitioning partitioning) {
		Map<Row, Numbers> after = new LinkedHashMap<>();
		List<OutboxRecord> numbered = messages.stream().map((message) -> {
			if (message.isReplay()) {
				return message;
			}
			int partition = partitioning.partition(message, count);
			return message.at(new Placement(partition, new StreamPosition(stream(message.lane(), partition), epoch,
					next(message, partition, epoch, after))));
		}).toList();
		return new Page(numbered, epoch, after);
	}

	/**
	 * The same where routing keys take the place of partitions.
	 * @param routes the numbers of routing keys; messages of others get none
	 */
	Page number(List<OutboxRecord> messages, Map<String, Integer> routes, String epoch) {
		Map<Row, Numbers> after = new LinkedHashMap<>();
		List<OutboxRecord> numbered = messages.stream().map((message) -> {
			Integer route = message.isReplay() ? null : routes.get(message.routingKey());
			return (route == null) ? message : message.at(Placement.ofRoute(message.lane(), this.destination, route,
					message.routingKey(), epoch, next(message, route, epoch, after)));
		}).toList();
		return new Page(numbered, epoch, after);
	}

	private long next(OutboxRecord message, int partition, String epoch, Map<Row, Numbers> after) {
		int within = partition % BLOCK;
		Row row = new Row(message.lane(), partition - within, message.source());
		Numbers numbers = after.computeIfAbsent(row, (same) -> Numbers.copy(this.given.get(same), epoch))
			.reaching(within);
		after.put(row, numbers);
		return ++numbers.last()[within];
	}

	private String stream(int lane, int partition) {
		return this.streams.computeIfAbsent((long) lane << Integer.SIZE | partition,
				(place) -> Placement.stream(lane, this.destination, partition));
	}

	List<OutboxLog.Head> heads() {
		List<OutboxLog.Head> heads = new ArrayList<>();
		this.given.forEach((row, numbers) -> {
			for (int i = 0; i < numbers.last().length; i++) {
				if (numbers.last()[i] > 0) {
					heads.add(new OutboxLog.Head(row.source(), row.lane(), Placement.of(row.lane(), this.destination,
							row.firstPartition() + i, numbers.epoch(), numbers.last()[i])));
				}
			}
		});
		return heads;
	}

	/**
	 * Notes that the numbers of a page are durable.
	 */
	void given(Page page) {
		this.given.putAll(page.after());
	}

	/**
	 * A page with its numbers.
	 *
	 * @param messages the messages, those that have numbers with them
	 * @param epoch the numbering
	 * @param after the last numbers when the page is closed, where it has any
	 */
	record Page(List<OutboxRecord> messages, String epoch, Map<Row, Numbers> after) {

		static final Page NONE = new Page(List.of(), "", Map.of());

	}

	/**
	 * A row of the table.
	 */
	record Row(int lane, int firstPartition, String source) {
	}

	/**
	 * The numbers in a row; those of another epoch count for nothing.
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Numbers(String epoch, long[] last) {

		static Numbers copy(@org.jspecify.annotations.Nullable Numbers before, String epoch) {
			return (before != null && before.epoch.equals(epoch)) ? new Numbers(epoch, before.last.clone())
					: new Numbers(epoch, new long[0]);
		}

		Numbers reaching(int index) {
			return (index < this.last.length) ? this : new Numbers(this.epoch, Arrays.copyOf(this.last, index + 1));
		}

		String text() {
			return Arrays.toString(this.last).replace('[', '{').replace(']', '}');
		}

	}

}
