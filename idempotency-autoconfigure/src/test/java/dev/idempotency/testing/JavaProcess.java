// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Describes and starts a JVM of its own with the class path of this one:
 *
 * <pre class="code">
 * try (ChildProcess app = JavaProcess.of(OrderApplication.class).argument("--server.port=0").start()) {
 *     app.waitForLine("Started OrderApplication", Duration.ofSeconds(30));
 *     app.kill9();
 * }
 * </pre>
 */
public final class JavaProcess {

	private static final List<String> DEFAULT_OPTIONS = List.of("-Xmx256m", "-XX:+UseSerialGC",
			"-XX:TieredStopAtLevel=1", "-Xshare:auto");

	private final String mainClass;

	private final List<String> options = new ArrayList<>(DEFAULT_OPTIONS);

	private final List<String> arguments = new ArrayList<>();

	private final Map<String, String> environment = new LinkedHashMap<>();

	private String classPath = System.getProperty("java.class.path");

	private JavaProcess(String mainClass) {
		this.mainClass = mainClass;
	}

	/**
	 * A process that runs a class.
	 * @param main the class with the {@code main} method, which must be public
	 */
	public static JavaProcess of(Class<?> main) {
		return of(main.getName());
	}

	public static JavaProcess of(String mainClass) {
		return new JavaProcess(mainClass);
	}

	/**
	 * Adds JVM options. They win over the defaults: a heap of 256 MB, the serial
	 * collector and the first compiler only, so that it starts fast.
	 */
	public JavaProcess option(String... options) {
		this.options.addAll(List.of(options));
		return this;
	}

	public JavaProcess systemProperty(String name, Object value) {
		return option("-D" + name + "=" + value);
	}

	public JavaProcess environment(String name, String value) {
		this.environment.put(name, value);
		return this;
	}

	public JavaProcess argument(String... arguments) {
		this.arguments.addAll(List.of(arguments));
		return this;
	}

	/**
	 * Replaces the class path.
	 */
	public JavaProcess classPath(String classPath) {
		this.classPath = classPath;
		return this;
	}

	/**
	 * Starts the process. The same description may be started more than once.
	 */
	public ChildProcess start() {
		TempDirectory directory = TempDirectory.create("java");
		return start(directory.resolve("output.log"), directory, directory::close);
	}

	ChildProcess start(Path log, TempDirectory directory, Runnable afterwards) {
		List<String> file = new ArrayList<>(this.options);
		file.addAll(List.of("-cp", this.classPath, this.mainClass));
		file.addAll(this.arguments);
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		Path argumentFile = directory.write("arguments",
				String.join("\n", file.stream().map(JavaProcess::quote).toList()));
		ProcessBuilder builder = new ProcessBuilder(java, "@" + argumentFile);
		builder.environment().remove("JDK_JAVA_OPTIONS");
		builder.environment().putAll(this.environment);
		return ChildProcess.start(this.mainClass, builder, log, afterwards);
	}

	private static String quote(String argument) {
		return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
	}

}
