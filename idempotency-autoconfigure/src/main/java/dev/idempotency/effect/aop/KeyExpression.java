// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.stream.IntStream;

import dev.idempotency.delivery.Delivery;
import org.jspecify.annotations.Nullable;

import org.springframework.expression.EvaluationContext;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/**
 * A parsed key expression. It reads properties and nothing else: no types, beans, methods
 * or assignments.
 */
final class KeyExpression {

	private static final SpelExpressionParser PARSER = new SpelExpressionParser(
			new SpelParserConfiguration(SpelCompilerMode.OFF, null));

	private final SpelExpression expression;

	private final KeyVariables variables;

	private KeyExpression(SpelExpression expression, KeyVariables variables) {
		this.expression = expression;
		this.variables = variables;
	}

	/**
	 * Parses the key of a method.
	 * @throws ParseException if it is malformed
	 */
	static KeyExpression parse(EffectMethod method) {
		return new KeyExpression(PARSER.parseRaw(method.key()), KeyVariables.of(method));
	}

	KeyVariables variables() {
		return this.variables;
	}

	SpelNode root() {
		return this.expression.getAST();
	}

	/**
	 * Whether it needs what the method is called with.
	 */
	boolean readsArguments() {
		return reads(root());
	}

	private boolean reads(SpelNode node) {
		boolean argument = node instanceof VariableReference
				&& this.variables.parameters().containsKey(node.toStringAST().substring(1));
		return argument || IntStream.range(0, node.getChildCount()).anyMatch((i) -> reads(node.getChild(i)));
	}

	@Nullable Object evaluate(@Nullable Object[] arguments, @Nullable Delivery delivery, Clock clock) {
		EvaluationContext context = SimpleEvaluationContext.forReadOnlyDataBinding().build();
		if (delivery != null) {
			context.setVariable(KeyVariables.HEADERS, delivery.headers());
			context.setVariable(KeyVariables.DELIVERY, delivery);
		}
		if (this.variables.clock()) {
			context.setVariable(KeyVariables.NOW, ZonedDateTime.now(clock));
		}
		for (Map.Entry<String, Integer> parameter : this.variables.parameters().entrySet()) {
			context.setVariable(parameter.getKey(), arguments[parameter.getValue()]);
		}
		return this.expression.getValue(context);
	}

}
