// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Something that happens on a connection of a {@link FaultyDataSource}.
 *
 * @param kind what happens
 * @param ordinal how many events of this kind there were, this one included
 * @param sql the statement, empty for all other kinds
 */
public record JdbcEvent(Kind kind, int ordinal, String sql) {

	/**
	 * Every commit.
	 */
	public static Predicate<JdbcEvent> commit() {
		return (event) -> event.kind == Kind.COMMIT;
	}

	/**
	 * The n-th commit, the first being 1.
	 */
	public static Predicate<JdbcEvent> commit(int ordinal) {
		return commit().and((event) -> event.ordinal == ordinal);
	}

	/**
	 * The n-th executed statement, the first being 1.
	 */
	public static Predicate<JdbcEvent> statement(int ordinal) {
		return (event) -> event.kind == Kind.STATEMENT && event.ordinal == ordinal;
	}

	/**
	 * Every statement in whose text the regular expression is found, whatever the case of
	 * the letters.
	 */
	public static Predicate<JdbcEvent> statement(String regex) {
		Pattern pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
		return (event) -> event.kind == Kind.STATEMENT && pattern.matcher(event.sql).find();
	}

	/**
	 * Every attempt to get a connection.
	 */
	public static Predicate<JdbcEvent> connect() {
		return (event) -> event.kind == Kind.CONNECT;
	}

	/**
	 * As it stands in the journal: {@code commit}, {@code statement: select 1}.
	 */
	@Override
	public String toString() {
		return (this.kind == Kind.STATEMENT) ? "statement: " + this.sql : this.kind.toString();
	}

	/**
	 * The kinds of events.
	 */
	public enum Kind {

		CONNECT, BEGIN, STATEMENT, COMMIT, ROLLBACK, CLOSE;

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
