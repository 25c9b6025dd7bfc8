// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.ArrayList;
import java.util.List;

import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.Assign;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.ConstructorReference;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.OpDec;
import org.springframework.expression.spel.ast.OpInc;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.TypeReference;
import org.springframework.expression.spel.ast.VariableReference;

/**
 * Finds at start-up what would make every call of a key expression fail.
 */
final class KeyExpressionCheck {

	private final KeyVariables variables;

	private final List<String> findings = new ArrayList<>();

	private KeyExpressionCheck(KeyVariables variables) {
		this.variables = variables;
	}

	/**
	 * What is wrong with the expression, empty if nothing is.
	 */
	static List<String> findings(KeyExpression expression) {
		KeyExpressionCheck check = new KeyExpressionCheck(expression.variables());
		SpelNode root = expression.root();
		check.visit(root, false);
		if (root instanceof VariableReference && name(root).equals(KeyVariables.NOW)) {
			check.findings.add("#now alone, which never repeats; name its parts, {#now.year, #now.dayOfYear}");
		}
		return check.findings;
	}

	/**
	 * Visits a node.
	 * @param inner whether something is to the left of the node that gives it a subject
	 */
	private void visit(SpelNode node, boolean inner) {
		if (node instanceof VariableReference) {
			checkVariable(name(node), inner);
		}
		else if (node instanceof PropertyOrFieldReference && !inner) {
			this.findings.add("'" + node.toStringAST() + "' without a subject; write '#" + node.toStringAST()
					+ "' for a parameter");
		}
		else if (isForbidden(node)) {
			this.findings.add("'" + node.toStringAST() + "', but only properties of the arguments can be read: "
					+ "no methods, types, beans, constructors or assignments");
		}
		for (int i = 0; i < node.getChildCount(); i++) {
			boolean tail = node instanceof CompoundExpression && i > 0;
			boolean scope = node instanceof Projection || node instanceof Selection;
			visit(node.getChild(i), inner || tail || scope);
		}
	}

	private void checkVariable(String name, boolean inner) {
		boolean known = this.variables.names().contains(name) || (name.equals("this") && inner);
		if (!known) {
			this.findings.add("unknown variable #" + name + " (known: #" + String.join(", #", this.variables.names())
					+ "); parameter names need the compiler option -parameters");
		}
	}

	private static boolean isForbidden(SpelNode node) {
		return node instanceof MethodReference || node instanceof FunctionReference || node instanceof TypeReference
				|| node instanceof ConstructorReference || node instanceof BeanReference || node instanceof Assign
				|| node instanceof OpInc || node instanceof OpDec;
	}

	private static String name(SpelNode variable) {
		return variable.toStringAST().substring(1);
	}

}
