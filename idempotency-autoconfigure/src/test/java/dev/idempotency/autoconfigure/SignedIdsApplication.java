// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.idempotency.effect.SigningKeys;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.sli.EffectSlis;
import dev.idempotency.sli.FlowSli;

import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keys and questions of the tests of signed ids.
 */
final class SignedIdsApplication {

	static final String FLOW = "signed";

	private static final String OLD = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

	private static final String NEW = "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM=";

	private SignedIdsApplication() {
	}

	/**
	 * Signs with a new key and believes the old one as well.
	 */
	static String[] properties() {
		return new String[] { "idempotency.source=shop", "idempotency.signing.keys.old=" + OLD,
				"idempotency.signing.keys.new=" + NEW, "idempotency.signing.active=new",
				"idempotency.flows.signed.signed-ids=required" };
	}

	static String signatureOfTheOldKey(String source, String id) {
		String signature = new SigningKeys(Map.of("old", Base64.getDecoder().decode(OLD)), "old").sign(source, id);
		if (signature == null) {
			throw new IllegalStateException("not signed");
		}
		return signature;
	}

	static void publish(ApplicationContext context, OutboxMessage message) {
		new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> context.getBean(Outbox.class).publish(message));
	}

	static FlowSli slis(ApplicationContext context) {
		return context.getBean(EffectSlis.class).flows().get(FLOW);
	}

	static List<String> reasonsOfParked(ApplicationContext context) {
		return context.getBean(JdbcTemplate.class)
			.queryForList("select reason from idempotency_parked order by id", String.class);
	}

	static int inboxRows(ApplicationContext context) {
		Integer rows = context.getBean(JdbcTemplate.class)
			.queryForObject("select count(*) from idempotency_inbox", Integer.class);
		return (rows != null) ? rows : -1;
	}

}
