// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A connection of a {@link FaultyDataSource} and the statements made by it.
 */
final class FaultyConnection implements InvocationHandler {

	private static final Set<String> ALLOWED_WHEN_LOST = Set.of("close", "abort", "unwrap", "isWrapperFor");

	private final FaultyDataSource dataSource;

	private final Connection target;

	private final Connection proxy;

	private volatile boolean lost;

	FaultyConnection(FaultyDataSource dataSource, Connection target) {
		this.dataSource = dataSource;
		this.target = target;
		this.proxy = (Connection) proxyOf(Connection.class, this);
	}

	Connection proxy() {
		return this.proxy;
	}

	@Override
	public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
		return switch (method.getName()) {
			case "equals" -> self == first(arguments);
			case "hashCode" -> System.identityHashCode(self);
			case "toString" -> "Faulty " + this.target;
			case "isClosed" -> this.lost || this.target.isClosed();
			case "isValid" -> !this.lost && Boolean.TRUE.equals(callTarget(method, arguments));
			case "commit" -> event(JdbcEvent.Kind.COMMIT, "", () -> callTarget(method, arguments));
			case "rollback" -> event(JdbcEvent.Kind.ROLLBACK, "", () -> callTarget(method, arguments));
			case "close" -> event(JdbcEvent.Kind.CLOSE, "", () -> callTarget(method, arguments));
			case "setAutoCommit" -> setAutoCommit(method, arguments);
			case "createStatement", "prepareStatement", "prepareCall" ->
				statement(method.getReturnType(), callTarget(method, arguments), first(arguments));
			default -> callTarget(method, arguments);
		};
	}

	private @Nullable Object setAutoCommit(Method method, Object @Nullable [] arguments) throws Throwable {
		if (Boolean.FALSE.equals(first(arguments))) {
			return event(JdbcEvent.Kind.BEGIN, "", () -> callTarget(method, arguments));
		}
		return callTarget(method, arguments);
	}

	private Object statement(Class<?> type, @Nullable Object statement, @Nullable Object preparedSql) {
		String prepared = (preparedSql instanceof String sql) ? sql : "";
		return proxyOf(type, (self, method, arguments) -> switch (method.getName()) {
			case "equals" -> self == first(arguments);
			case "hashCode" -> System.identityHashCode(self);
			case "getConnection" -> this.proxy;
			case "execute", "executeQuery", "executeUpdate", "executeBatch", "executeLargeUpdate",
					"executeLargeBatch" ->
				event(JdbcEvent.Kind.STATEMENT, (first(arguments) instanceof String sql) ? sql : prepared,
						() -> call(statement, method, arguments));
			default -> call(statement, method, arguments);
		});
	}

	private @Nullable Object event(JdbcEvent.Kind kind, String sql, Call call) throws Throwable {
		JdbcEvent event = this.dataSource.next(kind, sql);
		try {
			strikeBefore(event);
			Object result = call.run();
			this.dataSource.record(event.toString());
			strikeAfter(event);
			return result;
		}
		catch (SQLException ex) {
			this.dataSource.record(event + " failed: " + ex.getSQLState());
			throw ex;
		}
	}

	void strikeBefore(JdbcEvent event) throws SQLException {
		try {
			this.dataSource.strikeBefore(event, this.target);
		}
		catch (SQLException ex) {
			loseIfConnectionFailure(ex);
			throw ex;
		}
	}

	void strikeAfter(JdbcEvent event) throws SQLException {
		try {
			this.dataSource.strikeAfter(event, this.target);
		}
		catch (SQLException ex) {
			loseIfConnectionFailure(ex);
			throw ex;
		}
	}

	void discard(SQLException reason) {
		try {
			this.target.close();
		}
		catch (SQLException ex) {
			reason.addSuppressed(ex);
		}
	}

	private void loseIfConnectionFailure(SQLException reason) {
		String state = reason.getSQLState();
		if (this.lost || state == null || !state.startsWith("08")) {
			return;
		}
		this.lost = true;
		try {
			if (!this.target.getAutoCommit()) {
				this.target.rollback();
			}
			this.target.abort(Runnable::run);
		}
		catch (SQLException ex) {
			reason.addSuppressed(ex);
		}
	}

	private @Nullable Object callTarget(Method method, Object @Nullable [] arguments) throws Throwable {
		return call(this.target, method, arguments);
	}

	private @Nullable Object call(@Nullable Object on, Method method, Object @Nullable [] arguments) throws Throwable {
		if (this.lost && !ALLOWED_WHEN_LOST.contains(method.getName())) {
			throw new SQLException("Injected failure: the connection was lost before", "08003");
		}
		try {
			return method.invoke(on, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	private static @Nullable Object first(Object @Nullable [] arguments) {
		return (arguments != null && arguments.length > 0) ? arguments[0] : null;
	}

	private static Object proxyOf(Class<?> type, InvocationHandler handler) {
		return Proxy.newProxyInstance(FaultyConnection.class.getClassLoader(), new Class<?>[] { type }, handler);
	}

	@FunctionalInterface
	private interface Call {

		@Nullable Object run() throws Throwable;

	}

}
