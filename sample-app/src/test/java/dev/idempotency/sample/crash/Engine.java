// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * How the outbox works, and how a test gets at it.
 */
enum Engine {

	/** Rows that are deleted. */
	TABLE(false, "after delete on idempotency_outbox", """
			insert into late_owners select old.id, current_setting('application_name'), owner from idempotency_lane
				where lane = old.lane and owner not like current_setting('application_name') || '-%';""") {

		@Override
		AutoCloseable holdSettling(DataSource dataSource, long pid) throws SQLException {
			Connection connection = dataSource.getConnection();
			connection.setAutoCommit(false);
			try (Statement statement = connection.createStatement()) {
				statement.execute("select * from idempotency_lane for update");
			}
			return () -> {
				connection.rollback();
				connection.close();
			};
		}

	},

	/** A log whose cursors belong to who took lanes of them last. */
	LOG(true, "after insert or update on idempotency_outbox_cursor",
			"""
					if tg_op = 'INSERT' or new.epoch <> old.epoch then
						insert into cursor_owners values (new.destination, new.lanes, new.epoch, current_setting('application_name'));
					else
						insert into late_owners select new.after_id, current_setting('application_name'), owner from cursor_owners
							where destination = new.destination and lanes = new.lanes and epoch = new.epoch
							and owner <> current_setting('application_name');
					end if;""") {

		@Override
		AutoCloseable holdSettling(DataSource dataSource, long pid) {
			JdbcTemplate jdbc = new JdbcTemplate(dataSource);
			jdbc.execute("""
					create function refuse_closing() returns trigger language plpgsql as $$
					begin
						if current_setting('application_name') = '%d' then
							raise exception 'No page is closed for now';
						end if;
						return new;
					end
					$$;
					create trigger refuse_closing before update on idempotency_outbox_cursor
						for each row when (old.opened is not null) execute function refuse_closing();"""
				.formatted(pid));
			return () -> jdbc.execute("drop trigger refuse_closing on idempotency_outbox_cursor");
		}

	};

	private final boolean log;

	private final String moment;

	private final String note;

	Engine(boolean log, String moment, String note) {
		this.log = log;
		this.moment = moment;
		this.note = note;
	}

	String property() {
		return "idempotency.outbox.log.enabled=" + this.log;
	}

	/**
	 * Keeps the relay of a process from settling what was sent.
	 * @return lets it go on
	 */
	abstract AutoCloseable holdSettling(DataSource dataSource, long pid) throws SQLException;

	/**
	 * SQL that makes the database note down who settles what is somebody else's, and who
	 * took which cursor.
	 */
	String watch() {
		return """
				create table late_owners (id bigint, remover text, owner text);
				create table cursor_owners (destination text, lanes bigint, epoch bigint, owner text);
				create function note_late_owner() returns trigger language plpgsql as $$
				begin
					%s
					return null;
				end
				$$;
				create trigger note_late_owner %s for each row execute function note_late_owner();"""
			.formatted(this.note, this.moment);
	}

}
