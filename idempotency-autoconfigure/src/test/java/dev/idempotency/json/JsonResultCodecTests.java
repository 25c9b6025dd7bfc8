// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.ResultType;
import dev.idempotency.effect.StoredResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class JsonResultCodecTests {

	private final JsonResultCodec codec = new JsonResultCodec(JsonMapper.builder().build(), 1_000);

	static Stream<Arguments> results() {
		return Stream.of(Arguments.of("text", String.class), Arguments.of(42, int.class),
				Arguments.of(true, boolean.class), Arguments.of(null, String.class),
				Arguments.of(new BigDecimal("1.10"), BigDecimal.class), Arguments.of(Optional.of("x"), optional()),
				Arguments.of(Optional.empty(), optional()), Arguments.of(null, optional()),
				Arguments.of(new Receipt("1", new BigDecimal("2.50"), Instant.EPOCH), Receipt.class),
				Arguments.of(List.of(new Receipt("1", BigDecimal.ONE, Instant.EPOCH)), new ResultType<List<Receipt>>() {
				}.type()), Arguments.of(Map.of("a", List.of(1L)), new ResultType<Map<String, List<Long>>>() {
				}.type()), Arguments.of(new Card("4711"), Payment.class),
				Arguments.of(new Page<>(List.of(new Card("1"))), new ResultType<Page<Payment>>() {
				}.type()));
	}

	private static Type optional() {
		return new ResultType<Optional<String>>() {
		}.type();
	}

	@ParameterizedTest
	@MethodSource("results")
	void resultIsTheSameWhenReadAgain(Object value, Type type) {
		assertThat(this.codec.decode(this.codec.encode(value, type), type)).isEqualTo(value);
	}

	@Test
	void nothingStoredNamesAClass() {
		JsonResultCodec typing = new JsonResultCodec(defaultTyping(), 1_000);
		StoredResult stored = typing.encode(new ArrayList<>(List.of(new Card("1"))), new ResultType<List<Card>>() {
		}.type());
		assertThat(text(stored)).isEqualTo("[{\"number\":\"1\"}]");
	}

	@Test
	void classNamedInAStoredResultIsNeverCreated() {
		JsonResultCodec typing = new JsonResultCodec(defaultTyping(), 1_000);
		String name = Gadget.class.getName();
		for (String json : List.of("[\"" + name + "\",{\"command\":\"x\"}]",
				"{\"@class\":\"" + name + "\",\"command\":\"x\"}")) {
			typing.decode(stored(json), Object.class);
			assertThatExceptionOfType(ResultException.class)
				.isThrownBy(() -> typing.decode(stored(json), ByClassName.class));
		}
		assertThat(Gadget.created).isFalse();
	}

	@Test
	void classNamesAreNotFollowedEvenWhereTheTypeAsksForThem() {
		assertThatExceptionOfType(ResultException.class)
			.isThrownBy(() -> this.codec.encode(new Named("x"), ByClassName.class));
	}

	@Test
	void tooLargeResultSaysHowLargeItMayBe() {
		assertThatExceptionOfType(ResultException.class)
			.isThrownBy(() -> this.codec.encode("x".repeat(999), String.class))
			.withMessageContaining("1001 bytes")
			.withMessageContaining("at most 1000")
			.withMessageContaining("idempotency.results.max-size");
	}

	@Test
	void resultThatCannotBeWrittenIsRefused() {
		assertThatExceptionOfType(ResultException.class)
			.isThrownBy(() -> this.codec.encode(new Unwritable(), Unwritable.class))
			.withMessageContaining("Unwritable cannot be written as JSON");
	}

	@Test
	void resultThatCannotBeReadAgainIsRefusedWhenItIsWritten() {
		assertThatExceptionOfType(ResultException.class)
			.isThrownBy(() -> this.codec.encode(new Plain("x"), Unreadable.class))
			.withMessageContaining("cannot be read as " + Unreadable.class.getName());
	}

	@Test
	void resultOfAnUndeclaredTypeIsRefusedUnlessItIsReadAsTheSame() {
		assertThat(this.codec.encode(Map.of("a", List.of("b", 1)), Object.class)).isNotNull();
		assertThatExceptionOfType(ResultException.class)
			.isThrownBy(() -> this.codec.encode(new Card("1"), Object.class))
			.withMessageContaining("Declare the type");
	}

	@Test
	void resultThatLosesAPropertyWhenReadIsRefusedWhenItIsWritten() {
		assertThatExceptionOfType(ResultException.class)
			.isThrownBy(() -> this.codec.encode(new Forgetful("x"), Forgetful.class))
			.withMessageContaining("is not the same");
	}

	@Test
	void resultOfAnOlderVersionIsAValueOrAnErrorThatSaysTheEffectIsFinished() {
		assertThat(this.codec.decode(stored("{\"number\":\"1\",\"gone\":true}"), Card.class)).isEqualTo(new Card("1"));
		assertThat(this.codec.decode(stored("{}"), Card.class)).isEqualTo(new Card(null));
		assertThatExceptionOfType(ResultException.class).isThrownBy(() -> this.codec.decode(stored("{}"), int.class))
			.withMessageContaining("is not run again");
		assertThatExceptionOfType(ResultException.class).isThrownBy(() -> this.codec.decode(stored("{"), Card.class));
		assertThatExceptionOfType(ResultException.class)
			.isThrownBy(() -> this.codec.decode(new StoredResult("java/1", new byte[] { 1 }), Card.class))
			.withMessageContaining("'java/1'");
		assertThatExceptionOfType(ResultException.class)
			.isThrownBy(() -> this.codec.decode(new StoredResult("json/1", null), Card.class))
			.withMessageContaining("without a result");
	}

	@Test
	void nullIsNoPrimitive() {
		assertThatExceptionOfType(ResultException.class)
			.isThrownBy(() -> this.codec.decode(this.codec.encode(null, Integer.class), int.class));
	}

	private static JsonMapper defaultTyping() {
		return JsonMapper.builder()
			.activateDefaultTyping(BasicPolymorphicTypeValidator.builder()
				.allowIfBaseType(Object.class)
				.allowIfSubTypeIsArray()
				.build(), DefaultTyping.NON_FINAL)
			.build();
	}

	private static StoredResult stored(String json) {
		return new StoredResult("json/1", json.getBytes(StandardCharsets.UTF_8));
	}

	private static String text(StoredResult stored) {
		return new String(stored.body(), StandardCharsets.UTF_8);
	}

	record Receipt(String id, BigDecimal amount, Instant at) {
	}

	record Page<T>(List<T> items) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonSubTypes(@JsonSubTypes.Type(value = Card.class, name = "card"))
	sealed interface Payment {

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
	record Card(String number) implements Payment {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
	interface ByClassName {

	}

	record Named(String name) implements ByClassName {
	}

	static class Gadget implements ByClassName {

		private static boolean created;

		public Gadget() {
			created = true;
		}

		public void setCommand(String command) {
			created = true;
		}

	}

	static class Unwritable {

		public String getValue() {
			throw new IllegalStateException("lazy proxy without a session");
		}

	}

	interface Unreadable {

		String value();

	}

	record Plain(String value) implements Unreadable {
	}

	static class Forgetful {

		private final String value;

		Forgetful() {
			this(null);
		}

		Forgetful(String value) {
			this.value = value;
		}

		public String getUpper() {
			return this.value;
		}

	}

}
