// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What the mail server has accepted. It cannot tell a mail from its repetition.
 */
final class Mails implements AutoCloseable {

	private final Journal journal;

	private final Map<String, Integer> bySubject = new HashMap<>();

	Mails(Path file) throws IOException {
		this.journal = new Journal(file);
		this.journal.lines().forEach(this::count);
	}

	synchronized void accept(String subject) throws IOException {
		this.journal.append(subject);
		count(subject);
	}

	synchronized Summary summary() {
		long mails = this.bySubject.values().stream().mapToLong(Integer::longValue).sum();
		long twice = this.bySubject.values().stream().filter((times) -> times > 1).count();
		return new Summary(mails, this.bySubject.size(), twice);
	}

	private void count(String subject) {
		this.bySubject.merge(subject, 1, Integer::sum);
	}

	@Override
	public void close() throws IOException {
		this.journal.close();
	}

	/**
	 * What was accepted.
	 *
	 * @param mails mails
	 * @param subjects different ones
	 * @param repeated of these, those that came more than once
	 */
	record Summary(long mails, long subjects, long repeated) {
	}

}
