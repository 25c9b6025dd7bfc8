// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.Contradiction;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

class DeclarationRuleTests {

	@Test
	void blankAndOversizedNamesAreRefused() {
		assertThat(Violations.of(Names.class)).extracting(Contradiction::needed)
			.containsExactlyInAnyOrder("a name of 1 to 100 characters, not blank",
					"a name of 1 to 100 characters, not blank", "a name of 1 to 1024 characters, not blank, or nothing",
					"a key, because a message's identity brings its own source");
	}

	@Test
	void expressionsThatCanNeverWorkAreRefused() {
		List<Contradiction> contradictions = Violations.of(Keys.class);
		assertThat(contradictions).extracting(Contradiction::found)
			.satisfiesExactlyInAnyOrder((found) -> assertThat(found).startsWith("key = \"#id +\" ("),
					(found) -> assertThat(found)
						.contains("unknown variable #other (known: #a0, #delivery, #headers, #id, "
								+ "#p0); parameter names need the compiler option -parameters"),
					(found) -> assertThat(found).contains("'id' without a subject; write '#id' for a parameter"),
					(found) -> assertThat(found).contains("'T(System)', but only properties"),
					(found) -> assertThat(found).contains("'exit(0)', but only properties"),
					(found) -> assertThat(found).contains("'@orders', but only properties"),
					(found) -> assertThat(found).contains("'#id=1', but only properties"),
					(found) -> assertThat(found).contains("but only properties").contains("new java.lang.String"),
					(found) -> assertThat(found).contains("'trim()', but only properties"),
					(found) -> assertThat(found).contains("#now alone, which never repeats"),
					(found) -> assertThat(found).contains("unknown variable #root"));
		assertThat(contradictions).allSatisfy((contradiction) -> assertThat(contradiction.where()).contains("$Keys."));
	}

	@Test
	void scheduledMethodWithoutKeyIsRefused() {
		assertThat(Violations.of(Unkeyed.class)).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.found()).isEqualTo("@Scheduled and no key");
			assertThat(contradiction.fix()).contains("{#now.year, #now.dayOfYear}");
		});
	}

	@Test
	void resultsThatComeAfterTheCommitAreRefused() {
		assertThat(Violations.of(Late.class)).extracting(Contradiction::found)
			.containsExactlyInAnyOrder("return type " + Future.class.getName(),
					"return type " + CompletableFuture.class.getName(),
					"return type " + CompletionStage.class.getName(), "return type " + Flow.Publisher.class.getName(),
					"return type " + Stream.class.getName(), "return type " + Iterator.class.getName(),
					"return type " + CompletableFuture.class.getName());
	}

	@Test
	void resultsThatAreReadLaterCannotBeStored() {
		assertThat(Violations.of(Open.class)).extracting(Contradiction::found)
			.satisfiesExactlyInAnyOrder((found) -> assertThat(found).endsWith("with a java.io.InputStream in it"),
					(found) -> assertThat(found).endsWith("with a org.springframework.core.io.ByteArrayResource in it"),
					(found) -> assertThat(found).endsWith("with a java.util.stream.Stream in it"));
	}

	static class Open {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public InputStream stream(String id) {
			return null;
		}

		@ExactlyOnceEffect(flow = "b", key = "#p0")
		public List<ByteArrayResource> resources(String id) {
			return null;
		}

		@ExactlyOnceEffect(flow = "c", key = "#p0")
		public Optional<List<Stream<String>>> nested(String id) {
			return null;
		}

		@ExactlyOnceEffect(flow = "d", key = "#p0")
		public Optional<List<byte[]>> value(String id) {
			return null;
		}

	}

	static class Names {

		@ExactlyOnceEffect(flow = " ", key = "#p0")
		public void blank(String id) {
		}

		@ExactlyOnceEffect(
				flow = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x",
				key = "#p0")
		public void oversized(String id) {
		}

		@ExactlyOnceEffect(flow = "b", key = "#p0", source = " ")
		public void blankSource(String id) {
		}

		@ExactlyOnceEffect(flow = "c", source = "acme")
		public void sourceWithoutKey(String id) {
		}

	}

	static class Keys {

		@ExactlyOnceEffect(flow = "a", key = "#id +")
		public void malformed(String id) {
		}

		@ExactlyOnceEffect(flow = "b", key = "#other")
		public void unknown(String id) {
		}

		@ExactlyOnceEffect(flow = "c", key = "id")
		public void bare(String id) {
		}

		@ExactlyOnceEffect(flow = "d", key = "T(System).exit(0)")
		public void type(String id) {
		}

		@ExactlyOnceEffect(flow = "e", key = "@orders")
		public void bean(String id) {
		}

		@ExactlyOnceEffect(flow = "f", key = "#id = 1")
		public void assignment(String id) {
		}

		@ExactlyOnceEffect(flow = "g", key = "new java.lang.String('a')")
		public void constructor(String id) {
		}

		@ExactlyOnceEffect(flow = "h", key = "#id.trim()")
		public void method(String id) {
		}

		@ExactlyOnceEffect(flow = "i", key = "#now")
		public void time() {
		}

		@ExactlyOnceEffect(flow = "j", key = "#root")
		public void root() {
		}

	}

	static class Unkeyed {

		@Scheduled(fixedRate = 1000)
		@ExactlyOnceEffect(flow = "report")
		public void report() {
		}

	}

	abstract static class Typed<T> {

		@ExactlyOnceEffect(flow = "typed", key = "#p0")
		public T typed(String id) {
			return null;
		}

	}

	static class Late extends Typed<CompletableFuture<String>> {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public Future<String> future(String id) {
			return null;
		}

		@ExactlyOnceEffect(flow = "b", key = "#p0")
		public CompletableFuture<String> completableFuture(String id) {
			return null;
		}

		@ExactlyOnceEffect(flow = "c", key = "#p0")
		public CompletionStage<String> stage(String id) {
			return null;
		}

		@ExactlyOnceEffect(flow = "e", key = "#p0")
		public Flow.Publisher<String> flow(String id) {
			return null;
		}

		@ExactlyOnceEffect(flow = "f", key = "#p0")
		public Stream<String> stream(String id) {
			return null;
		}

		@ExactlyOnceEffect(flow = "g", key = "#p0")
		public Iterator<String> iterator(String id) {
			return null;
		}

	}

}
