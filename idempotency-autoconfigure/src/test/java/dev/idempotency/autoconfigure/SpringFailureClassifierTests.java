// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.idempotency.delivery.FailureClassifier.Fault;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.InvalidIdentityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

import static org.assertj.core.api.Assertions.assertThat;

class SpringFailureClassifierTests {

	private static final EffectKey KEY = new EffectKey("flow", "source", "id");

	private final SpringFailureClassifier classifier = new SpringFailureClassifier(List.of());

	static Stream<Exception> passing() {
		return Stream.of(new CannotAcquireLockException("deadlock"), new DataAccessResourceFailureException("away"),
				new CannotCreateTransactionException("away"), new TransactionSystemException("no answer to the commit"),
				new SQLTransientConnectionException("no connection"), new SQLException("gone", "08006"),
				new SQLException("serialization", "40001"), new SQLException("in the way", new IOException("reset")));
	}

	@ParameterizedTest
	@MethodSource("passing")
	void whatPassesIsRepeatedWithoutCountingAsAnAttempt(Exception failure) {
		assertThat(this.classifier.classify(failure)).isEqualTo(Fault.INFRASTRUCTURE);
		assertThat(this.classifier.classify(new IllegalStateException(failure))).isEqualTo(Fault.INFRASTRUCTURE);
	}

	@Test
	void aDuplicateThatIsUnderWayIsRepeatedAndOtherContentIsNot() {
		assertThat(this.classifier.classify(new EffectInProgressException(KEY, Duration.ofSeconds(1), null)))
			.isEqualTo(Fault.INFRASTRUCTURE);
		assertThat(this.classifier.classify(new EffectCollisionException(KEY))).isEqualTo(Fault.COLLISION);
		assertThat(this.classifier.classify(new EffectInDoubtException(KEY, null))).isEqualTo(Fault.IN_DOUBT);
		assertThat(this.classifier.classify(new InvalidIdentityException("none"))).isEqualTo(Fault.NO_IDENTITY);
		assertThat(this.classifier
			.classify(new EffectCollisionException(KEY).initCause(new SQLTransientConnectionException("no"))))
			.isEqualTo(Fault.COLLISION);
	}

	@Test
	void everythingElseIsTheBusiness() {
		assertThat(this.classifier.classify(new DuplicateKeyException("its own table"))).isEqualTo(Fault.BUSINESS);
		assertThat(this.classifier
			.classify(new UncategorizedDataAccessException("syntax", new SQLException("syntax", "42601")) {
			})).isEqualTo(Fault.BUSINESS);
		assertThat(this.classifier.classify(new IllegalStateException("no"))).isEqualTo(Fault.BUSINESS);
		assertThat(new SpringFailureClassifier(List.of((failure) -> Fault.UNREADABLE)).classify(new Exception()))
			.isEqualTo(Fault.UNREADABLE);
	}

}
