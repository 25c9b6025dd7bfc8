// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.ResultSetMetaData;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import dev.idempotency.outbox.Lanes;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.ResultSetExtractor;

/**
 * Looks at the tables the way the stores do, by selecting from them. Needs no history of
 * migrations.
 */
final class SchemaCheck {

	private final JdbcOperations jdbc;

	private final Dialect dialect;

	private final List<String> missing = new ArrayList<>();

	private @Nullable DataAccessException cause;

	SchemaCheck(JdbcOperations jdbc, Dialect dialect) {
		this.jdbc = jdbc;
		this.dialect = dialect;
	}

	void run() {
		SchemaTables.names().forEach(this::table);
		if (this.missing.isEmpty()) {
			rows();
		}
		if (!this.missing.isEmpty()) {
			throw new SchemaException(
					"The schema '" + schema() + "' lacks " + this.missing + ". Set "
							+ "idempotency.schema.mode=migrate, or apply the SQL at classpath:"
							+ this.dialect.schemaFolder() + " with the tool that manages the schema",
					schema(), this.missing, this.cause);
		}
	}

	/**
	 * Refuses tables of a later version of the library.
	 */
	void refuseNewer() {
		if (columnsOf("idempotency_meta") != null) {
			int version = version();
			if (version > SchemaTables.VERSION) {
				throw newer(schema(), String.valueOf(version));
			}
		}
	}

	static SchemaException newer(String schema, String version) {
		return new SchemaException(
				"The tables idempotency_* in schema '" + schema + "' have version " + version
						+ ", but this version of the library knows " + SchemaTables.VERSION
						+ " at most. Use the version of the library that made them, or a later one",
				schema, List.of(), null);
	}

	private void table(String table) {
		Set<String> columns = columnsOf(table);
		if (columns == null) {
			this.missing.add(table);
			return;
		}
		SchemaTables.columns(table)
			.stream()
			.filter((column) -> !columns.contains(column))
			.map((column) -> table + "." + column)
			.forEach(this.missing::add);
	}

	private void rows() {
		Integer lanes = this.jdbc.queryForObject("SELECT COUNT(*) FROM idempotency_lane", Integer.class);
		if (!Integer.valueOf(Lanes.COUNT).equals(lanes)) {
			this.missing.add("rows of idempotency_lane: " + lanes + " of " + Lanes.COUNT + " are there");
		}
		int version = version();
		if (version < SchemaTables.VERSION) {
			this.missing.add("migrations after version " + version + ", up to " + SchemaTables.VERSION);
		}
	}

	private int version() {
		List<String> versions = this.jdbc
			.queryForList("SELECT setting FROM idempotency_meta WHERE name = 'schema-version'", String.class);
		return versions.isEmpty() ? 0 : Integer.parseInt(versions.get(0));
	}

	private @Nullable Set<String> columnsOf(String table) {
		try {
			return this.jdbc.query("SELECT * FROM " + table + " WHERE 1 = 0",
					(ResultSetExtractor<Set<String>>) (rows) -> {
						ResultSetMetaData metaData = rows.getMetaData();
						Set<String> columns = new HashSet<>();
						for (int i = 1; i <= metaData.getColumnCount(); i++) {
							columns.add(metaData.getColumnName(i).toLowerCase(Locale.ROOT));
						}
						return columns;
					});
		}
		catch (BadSqlGrammarException ex) {
			this.cause = ex;
			return null;
		}
	}

	String schema() {
		String schema = this.jdbc.execute((Connection connection) -> {
			String name = this.dialect.isMySql() ? connection.getCatalog() : connection.getSchema();
			return (name != null) ? name : "";
		});
		return (schema != null) ? schema : "";
	}

}
