// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.function.Consumer;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.flow.Contradiction;

import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.expression.ParseException;
import org.springframework.util.ClassUtils;

/**
 * What the annotation itself and the method's signature must say.
 */
final class DeclarationRule implements EffectRule {

	private static final String SCHEDULED = "org.springframework.scheduling.annotation.Scheduled";

	@Override
	public void check(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		checkNames(bean, method, contradictions);
		checkKey(bean, method, contradictions);
		checkResult(bean, method, contradictions);
	}

	private static void checkNames(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		if (method.flow().isBlank() || method.flow().length() > EffectKey.MAX_CONSUMER_LENGTH) {
			contradictions.accept(bean.contradiction(method, "flow = \"" + method.flow() + "\"",
					"a name of 1 to " + EffectKey.MAX_CONSUMER_LENGTH + " characters, not blank",
					"Name the flow after the business effect; the name is part of every stored identity"));
		}
		String source = method.annotation().source();
		if ((!source.isEmpty() && source.isBlank()) || source.length() > EffectKey.MAX_LENGTH) {
			contradictions.accept(bean.contradiction(method, "source = \"" + source + "\"",
					"a name of 1 to " + EffectKey.MAX_LENGTH + " characters, not blank, or nothing",
					"Name the origin in which the ids are unique"));
		}
		if (!source.isEmpty() && !method.keyed()) {
			contradictions.accept(bean.contradiction(method, "source = \"" + source + "\" without a key",
					"a key, because a message's identity brings its own source", "Add a key, or remove the source"));
		}
	}

	private static void checkKey(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		String needed = "a key expression that reads properties of the arguments, #headers or #delivery";
		if (!method.keyed()) {
			if (isScheduled(method)) {
				contradictions.accept(
						bean.contradiction(method, "@Scheduled and no key", "an identity, which no message gives it",
								"Add a key made of the time, {#now.year, #now.dayOfYear} for once a day"));
			}
			return;
		}
		try {
			for (String finding : KeyExpressionCheck.findings(KeyExpression.parse(method))) {
				contradictions.accept(bean.contradiction(method, "key = \"" + method.key() + "\" with " + finding,
						needed, "Write for example #order.id, or {#order.tenant, #order.id} for several parts"));
			}
		}
		catch (ParseException | IllegalStateException | IllegalArgumentException ex) {
			contradictions.accept(bean.contradiction(method, "key = \"" + method.key() + "\" (" + ex.getMessage() + ")",
					needed, "Correct the expression"));
		}
	}

	private static void checkResult(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		ResolvableType result = ResolvableType.forMethodReturnType(method.method(), bean.type());
		Class<?>[] parameters = method.method().getParameterTypes();
		boolean suspending = parameters.length > 0
				&& parameters[parameters.length - 1].getName().equals("kotlin.coroutines.Continuation");
		if (suspending || LateResults.isLate(result.toClass())) {
			contradictions.accept(bean.contradiction(method,
					suspending ? "a suspending function"
							: "return type " + ClassUtils.getQualifiedName(result.toClass()),
					method.external()
							? "a method that has done its work when it returns, because its outcome is stored then"
							: "a method that has done its work when it returns, because the transaction commits then",
					"Wait for the result inside the method and return the value; "
							+ "@Async on a void method that is no listener is fine, the effect then runs on the worker"));
			return;
		}
		Class<?> open = OpenResults.find(result);
		if (open != null) {
			contradictions.accept(bean.contradiction(method,
					"return type " + result + ", with a " + ClassUtils.getQualifiedName(open) + " in it",
					"a result that can be stored with the effect and returned to a repeated caller",
					"Read it inside the method and return a value, such as a record, text or bytes"));
		}
	}

	static boolean isScheduled(EffectMethod method) {
		MergedAnnotations annotations = MergedAnnotations.from(method.method(), SearchStrategy.TYPE_HIERARCHY);
		return annotations.isPresent(SCHEDULED);
	}

}
