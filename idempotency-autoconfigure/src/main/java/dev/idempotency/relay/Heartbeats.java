// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.idempotency.outbox.CloudEvents;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import org.jspecify.annotations.Nullable;

/**
 * Streams of a destination that may fall silent. Some time after the last message of one
 * its consumers are told which number comes next: the loss of a last message would go
 * unnoticed until another is sent. Told a few times, each time later, since that may get
 * lost as well.
 */
final class Heartbeats {

	private static final int BEATS = 3;

	private final long interval;

	private final Map<Stream, Silence> silences = new LinkedHashMap<>();

	Heartbeats(@Nullable Duration interval) {
		this.interval = (interval != null) ? interval.toNanos() : 0;
	}

	boolean enabled() {
		return this.interval > 0;
	}

	/**
	 * Notes the last message of a stream so far.
	 */
	void last(String source, int lane, Placement last, long now) {
		if (enabled()) {
			this.silences.put(new Stream(source, last.position().stream()),
					new Silence(source, lane, last, now + this.interval, 0));
		}
	}

	void forget() {
		this.silences.clear();
	}

	/**
	 * How long until the next heartbeat.
	 * @return nanoseconds, {@link Long#MAX_VALUE} if none is to come
	 */
	long pause(long now) {
		return this.silences.values()
			.stream()
			.mapToLong((silence) -> Math.max(0, silence.due() - now))
			.min()
			.orElse(Long.MAX_VALUE);
	}

	/**
	 * Heartbeats to be sent now.
	 */
	List<OutboxRecord> due(String destination, long now, Instant time) {
		List<OutboxRecord> due = new ArrayList<>();
		this.silences.forEach((stream, silence) -> {
			if (silence.due() - now <= 0) {
				due.add(silence.heartbeat(-1 - due.size(), destination, stream, time));
			}
		});
		return due;
	}

	/**
	 * Notes that they were sent, whatever came of them.
	 */
	void sent(long now) {
		this.silences
			.replaceAll((stream, silence) -> (silence.due() - now <= 0) ? silence.beaten(now, this.interval) : silence);
		this.silences.values().removeIf((silence) -> silence.beats() >= BEATS);
	}

	/**
	 * A stream of a producer.
	 */
	private record Stream(String source, String name) {
	}

	/**
	 * A stream that is silent.
	 *
	 * @param last its last number
	 * @param due when to say the next
	 * @param beats how often it was said
	 */
	private record Silence(String source, int lane, Placement last, long due, int beats) {

		OutboxRecord heartbeat(long position, String destination, Stream stream, Instant time) {
			String epoch = this.last.position().epoch();
			long next = this.last.position().sequence() + 1;
			return new OutboxRecord(position, this.lane,
					"heartbeat " + stream.source() + " " + stream.name() + " " + epoch + " " + next, destination, null,
					null, CloudEvents.HEARTBEAT, this.source, time, Map.of(), "application/octet-stream", new byte[0],
					0, Placement.of(this.lane, destination, this.last.partition(), epoch, next));
		}

		Silence beaten(long now, long interval) {
			long pause = Math.min(interval << (this.beats + 1), Math.max(interval, TimeUnit.HOURS.toNanos(1)));
			return new Silence(this.source, this.lane, this.last, now + pause, this.beats + 1);
		}

	}

}
