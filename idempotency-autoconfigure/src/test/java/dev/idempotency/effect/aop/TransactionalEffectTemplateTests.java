// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;

import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TransactionalEffectTemplateTests {

	private final AnnotationConfigApplicationContext context = EffectApplication.start();

	private final EffectTemplate template = this.context.getBean(EffectTemplate.class);

	private final Ledger ledger = this.context.getBean(Ledger.class);

	private final Events events = this.context.getBean(Events.class);

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void bodyRunsOncePerId() {
		assertThat(pay("42", "content")).isEqualTo(new EffectResult.Applied<>("paid"));
		assertThat(pay("42", "content")).isEqualTo(new EffectResult.Duplicate<>(Outcome.COMPLETED));
		assertThat(this.ledger.entries()).containsExactly("42");
	}

	@Test
	void otherContentIsACollision() {
		pay("42", "content");
		assertThatExceptionOfType(EffectCollisionException.class).isThrownBy(() -> pay("42", "other"));
	}

	@Test
	void withoutContentNothingCollides() {
		pay("42", null);
		assertThat(pay("42", null)).isInstanceOf(EffectResult.Duplicate.class);
	}

	@Test
	void exceptionOfTheBodyRollsBackAndPasses() {
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.template.execute("paying", "42", null, () -> {
				this.ledger.add("42");
				throw new IllegalStateException("no");
			}));
		assertThat(this.ledger.entries()).isEmpty();
		assertThat(pay("42", null)).isInstanceOf(EffectResult.Applied.class);
	}

	@Test
	void checkedExceptionCommitsTheRefusalAsItDoesForTheAnnotation() {
		assertThatExceptionOfType(UndeclaredThrowableException.class)
			.isThrownBy(() -> this.template.execute("paying", "42", null, () -> {
				throw new IOException("refused");
			}))
			.withCauseInstanceOf(IOException.class);
		assertThat(pay("42", null)).isEqualTo(new EffectResult.Duplicate<>(Outcome.REJECTED));
	}

	@Test
	void blankIdIsRefusedAndCounted() {
		assertThatExceptionOfType(InvalidIdentityException.class).isThrownBy(() -> pay(" ", null));
		assertThat(this.events.of(EffectEvent.Refused.class)).hasSize(1);
	}

	private EffectResult<String> pay(String id, String content) {
		return this.template.execute("paying", id, content, () -> {
			this.ledger.add(id);
			return "paid";
		});
	}

}
