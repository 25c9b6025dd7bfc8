-- SPDX-License-Identifier: Apache-2.0
-- Copyright the idempotency project authors

CREATE TABLE application_table (id integer PRIMARY KEY);
