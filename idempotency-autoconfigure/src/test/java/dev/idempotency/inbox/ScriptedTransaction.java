// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * A transaction whose end the test decides.
 */
final class ScriptedTransaction implements UnitOfWork, UnitOfWork.Transaction {

	final List<String> log = new ArrayList<>();

	private final List<CompletionListener> listeners = new ArrayList<>();

	private Predicate<Throwable> commitsOn = (failure) -> false;

	private @Nullable RuntimeException commitFailure;

	ScriptedTransaction committingOn(Class<? extends Throwable> type) {
		this.commitsOn = type::isInstance;
		return this;
	}

	ScriptedTransaction failingToCommit(RuntimeException failure) {
		this.commitFailure = failure;
		return this;
	}

	@Override
	public <T extends @Nullable Object> T execute(Work<T> work) throws Throwable {
		this.log.add("begin");
		T result;
		try {
			result = work.run(this);
		}
		catch (Throwable ex) {
			end(commitsOn(ex) ? Completion.COMMITTED : Completion.ROLLED_BACK);
			throw ex;
		}
		if (this.commitFailure != null) {
			end(Completion.UNKNOWN);
			throw this.commitFailure;
		}
		end(Completion.COMMITTED);
		return result;
	}

	@Override
	public boolean commitsOn(Throwable failure) {
		return this.commitsOn.test(failure);
	}

	@Override
	public void afterCompletion(CompletionListener listener) {
		this.listeners.add(listener);
	}

	private void end(Completion completion) {
		this.log.add(completion.name());
		this.listeners.forEach((listener) -> listener.completed(completion));
	}

}
