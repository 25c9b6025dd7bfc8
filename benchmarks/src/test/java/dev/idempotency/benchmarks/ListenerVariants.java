// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/**
 * The listeners that are measured. A further one is a class with {@code @KafkaListener},
 * an import in {@link BenchmarkApplication} and a line here.
 */
final class ListenerVariants {

	private static final ListenerVariant PLAIN = ListenerVariant.of("plain listener, `@Transactional`",
			PlainListener.ID, Topics.FRESH);

	private static final ListenerVariant PLAIN_WITHOUT_ID = ListenerVariant.of("plain listener, records without id",
			PlainListener.WITHOUT_ID, Topics.OFFSETS);

	private static final ListenerVariant PLAIN_NUMBERED = ListenerVariant.of("plain listener, numbered records",
			PlainListener.NUMBERED, Topics.NUMBERED);

	private static final ListenerVariant HAND_WRITTEN = ListenerVariant
		.of("hand-written check by `insert … on conflict`", HandWrittenListener.ID, Topics.FRESH);

	/**
	 * One by one. The repeated records are those the annotated listener applied before,
	 * so they come last.
	 */
	static final List<ListenerVariant> RECORDS = List.of(PLAIN, PLAIN_WITHOUT_ID, PLAIN_NUMBERED, HAND_WRITTEN,
			ListenerVariant.of("annotated listener, id mode", AnnotatedListener.ID, Topics.FRESH)
				.atLeast(0.95, HAND_WRITTEN),
			ListenerVariant.of("annotated listener, groups of up to 500", GroupedListener.ID, Topics.FRESH)
				.atLeast(3, PLAIN),
			ListenerVariant.of("annotated listener, offset mode", OffsetListener.ID, Topics.OFFSETS)
				.atLeast(0.95, PLAIN_WITHOUT_ID),
			ListenerVariant.of("annotated listener, sequence mode", NumberedListener.ID, Topics.NUMBERED)
				.atLeast(0.95, PLAIN_NUMBERED),
			ListenerVariant.of("annotated listener, duplicates only", AnnotatedListener.ID, Topics.REPEATED)
				.atLeast(5, PLAIN));

	private static final ListenerVariant PLAIN_BATCH = ListenerVariant.of("hand-written batch, no check",
			PlainBatchListener.ID, Topics.BATCHES);

	private static final ListenerVariant PLAIN_BATCH_WITHOUT_ID = ListenerVariant
		.of("hand-written batch, records without id", PlainBatchListener.WITHOUT_ID, Topics.OFFSET_BATCHES);

	private static final ListenerVariant PLAIN_BATCH_NUMBERED = ListenerVariant
		.of("hand-written batch, numbered records", PlainBatchListener.NUMBERED, Topics.NUMBERED_BATCHES);

	/** In batches. */
	static final List<ListenerVariant> BATCHES = List.of(PLAIN_BATCH, PLAIN_BATCH_WITHOUT_ID, PLAIN_BATCH_NUMBERED,
			ListenerVariant.of("annotated batch listener, id mode", AnnotatedBatchListener.ID, Topics.BATCHES)
				.atLeast(0.95, PLAIN_BATCH),
			ListenerVariant.of("annotated batch listener, offset mode", OffsetBatchListener.ID, Topics.OFFSET_BATCHES)
				.atLeast(0.95, PLAIN_BATCH_WITHOUT_ID),
			ListenerVariant
				.of("annotated batch listener, sequence mode", NumberedBatchListener.ID, Topics.NUMBERED_BATCHES)
				.atLeast(0.95, PLAIN_BATCH_NUMBERED));

	private ListenerVariants() {
	}

	static List<String> ids() {
		return Stream.of(RECORDS, BATCHES).flatMap(List::stream).map(ListenerVariant::id).distinct().toList();
	}

}
