// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a database whether it answers.
 */
public final class StoreProbe implements BooleanSupplier {

	private static final Logger logger = LoggerFactory.getLogger(StoreProbe.class);

	private static final int VALIDATION_SECONDS = 2;

	private final DataSource dataSource;

	/**
	 * Creates a probe.
	 * @param dataSource the database
	 */
	public StoreProbe(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	@Override
	public boolean getAsBoolean() {
		try (Connection connection = this.dataSource.getConnection()) {
			return connection.isValid(VALIDATION_SECONDS);
		}
		catch (SQLException ex) {
			logger.debug("The database does not answer", ex);
			return false;
		}
	}

}
