// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * A data source whose connections fail where a test wants them to, and that keeps a
 * journal of what happened in which order:
 *
 * <pre class="code">
 * faulty.before(JdbcEvent.commit(1), JdbcFault.connectionLost());      // request lost: not committed
 * faulty.after(JdbcEvent.commit(1), JdbcFault.connectionLost());       // reply lost: committed
 * faulty.before(JdbcEvent.statement("insert into orders"), JdbcFault.sqlState("40001").times(2));
 * </pre>
 *
 * Safe for use by many threads.
 */
public final class FaultyDataSource extends AbstractDataSource {

	private final DataSource target;

	private final List<Rule> before = new CopyOnWriteArrayList<>();

	private final List<Rule> after = new CopyOnWriteArrayList<>();

	private final List<String> journal = new CopyOnWriteArrayList<>();

	private final Map<JdbcEvent.Kind, Integer> counts = new EnumMap<>(JdbcEvent.Kind.class);

	public FaultyDataSource(DataSource target) {
		this.target = target;
	}

	/**
	 * Adds a fault that strikes instead of the event: the statement or commit does not
	 * happen if the fault throws.
	 */
	public FaultyDataSource before(Predicate<JdbcEvent> when, JdbcFault fault) {
		this.before.add(new Rule(when, fault));
		return this;
	}

	/**
	 * Adds a fault that strikes after the event has really happened.
	 */
	public FaultyDataSource after(Predicate<JdbcEvent> when, JdbcFault fault) {
		this.after.add(new Rule(when, fault));
		return this;
	}

	/**
	 * Removes all faults; the journal and the counts stay.
	 */
	public void heal() {
		this.before.clear();
		this.after.clear();
	}

	/**
	 * Removes all faults, empties the journal and counts from 1 again.
	 */
	public void reset() {
		heal();
		synchronized (this.counts) {
			this.counts.clear();
		}
		this.journal.clear();
	}

	/**
	 * What happened so far, in order. An event that failed for its caller is followed by,
	 * or consists of, a line such as {@code commit failed: 08006}.
	 */
	public List<String> journal() {
		return Collections.unmodifiableList(this.journal);
	}

	/**
	 * Adds a line of the test's own to the journal, such as an acknowledgement.
	 */
	public void record(String line) {
		this.journal.add(line);
	}

	/**
	 * How many events of a kind were attempted.
	 */
	public int count(JdbcEvent.Kind kind) {
		synchronized (this.counts) {
			return this.counts.getOrDefault(kind, 0);
		}
	}

	@Override
	public Connection getConnection() throws SQLException {
		return connect(this.target::getConnection);
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return connect(() -> this.target.getConnection(username, password));
	}

	private Connection connect(Connector connector) throws SQLException {
		JdbcEvent event = next(JdbcEvent.Kind.CONNECT, "");
		FaultyConnection connection = null;
		try {
			connection = new FaultyConnection(this, connector.connect());
			connection.strikeBefore(event);
			record(event.toString());
			connection.strikeAfter(event);
			return connection.proxy();
		}
		catch (SQLException ex) {
			if (connection != null) {
				connection.discard(ex);
			}
			record(event + " failed: " + ex.getSQLState());
			throw ex;
		}
	}

	JdbcEvent next(JdbcEvent.Kind kind, String sql) {
		synchronized (this.counts) {
			return new JdbcEvent(kind, this.counts.merge(kind, 1, Integer::sum), sql);
		}
	}

	void strikeBefore(JdbcEvent event, Connection connection) throws SQLException {
		strike(this.before, event, connection);
	}

	void strikeAfter(JdbcEvent event, Connection connection) throws SQLException {
		strike(this.after, event, connection);
	}

	private static void strike(List<Rule> rules, JdbcEvent event, Connection connection) throws SQLException {
		for (Rule rule : rules) {
			if (rule.when().test(event)) {
				rule.fault().strike(event, connection);
			}
		}
	}

	private record Rule(Predicate<JdbcEvent> when, JdbcFault fault) {

	}

	@FunctionalInterface
	private interface Connector {

		Connection connect() throws SQLException;

	}

}
