// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.lang.reflect.Method;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;

import org.springframework.http.ResponseEntity;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HandlerChecksTests {

	private final FlowCatalogue catalogue = new FlowCatalogue();

	private boolean keyed;

	private boolean effect = true;

	@Test
	void soundHandlerIsInTheCatalogue() {
		check("entity", RequestMethod.POST, RequestMethod.PUT);
		assertThat(this.catalogue.flows()).singleElement().satisfies((flow) -> {
			assertThat(flow.kind()).isEqualTo(Flow.Kind.HTTP);
			assertThat(flow.semantics()).isEqualTo(Semantics.EFFECTIVELY_ONCE);
			assertThat(flow.retention()).isEqualTo(Duration.ofDays(7));
			assertThat(flow.remarks()).contains("ingress: POST|PUT /entity")
				.anyMatch((remark) -> remark.contains("Idempotency-Key within the scope of the caller"));
		});
	}

	@Test
	void effectBehindASafeMethodIsAContradictionUnlessItBringsItsOwnKey() {
		for (RequestMethod[] methods : new RequestMethod[][] { {}, { RequestMethod.GET },
				{ RequestMethod.POST, RequestMethod.HEAD } }) {
			assertThat(contradictions("entity", methods)).singleElement()
				.satisfies((it) -> assertThat(it.needed()).contains("a safe method has no effect to protect"));
		}
		this.keyed = true;
		check("entity", RequestMethod.GET);
		assertThat(this.catalogue.flows()).hasSize(1);
	}

	@Test
	void handlerThatNamesAViewIsAContradiction() {
		assertThat(contradictions("view", RequestMethod.POST)).extracting(Contradiction::found)
			.containsExactly("a handler that names a view");
		assertThat(contradictions("nothing", RequestMethod.POST)).hasSize(1);
		check("body", RequestMethod.POST);
	}

	@Test
	void handlerThatWritesPastItsResultIsAContradiction() {
		assertThat(contradictions("response", RequestMethod.POST)).extracting(Contradiction::found)
			.containsExactly("a parameter of type " + HttpServletResponse.class.getName());
		assertThat(contradictions("writer", RequestMethod.POST)).hasSize(1);
	}

	@Test
	void handlerWithoutAnEffectIsLeftAlone() {
		this.effect = false;
		check("view", RequestMethod.GET);
		assertThat(this.catalogue.flows()).isEmpty();
	}

	private List<Contradiction> contradictions(String name, RequestMethod... methods) {
		ContradictionException[] caught = new ContradictionException[1];
		assertThatExceptionOfType(ContradictionException.class).isThrownBy(() -> check(name, methods))
			.satisfies((ex) -> caught[0] = ex);
		return caught[0].contradictions();
	}

	private void check(String name, RequestMethod... methods) {
		Method method = ReflectionUtils.findMethod(Handlers.class, name, (Class<?>[]) null);
		RequestMappingInfo mapping = RequestMappingInfo.paths("/" + name).methods(methods).build();
		EffectHandlers handlers = new EffectHandlers(
				(type, it, id) -> new ListenerFlow("flow", this.effect, this.keyed, null, "", "", "Handlers." + id));
		new HandlerChecks(() -> Map.of(mapping, new HandlerMethod(new Handlers(), method)), handlers, this.catalogue,
				(flow) -> new FlowPolicy(null, "", "", Duration.ofDays(7), Duration.ofSeconds(1),
						new FlowPolicy.Identity(null, false),
						new FlowPolicy.Retry(1, Duration.ofMillis(1), Duration.ofMillis(1), null)))
			.afterSingletonsInstantiated();
	}

	static class Handlers {

		public ResponseEntity<String> entity() {
			return ResponseEntity.ok("");
		}

		public String view() {
			return "view";
		}

		public void nothing() {
		}

		@ResponseBody
		public String body() {
			return "";
		}

		@ResponseBody
		public void response(HttpServletResponse response) {
		}

		@ResponseBody
		public void writer(Writer writer) {
		}

	}

}
