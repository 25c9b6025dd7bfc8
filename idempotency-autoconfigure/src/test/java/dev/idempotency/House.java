// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;

/**
 * What the tests of the house look at: compiled classes, and the files of the repository.
 */
final class House {

	static final String BASE = "dev.idempotency";

	static final JavaClasses MAIN = new ClassFileImporter().withImportOption(new DoNotIncludeTests())
		.importPackages(BASE);

	static final JavaClasses TESTS = new ClassFileImporter().withImportOption(new OnlyIncludeTests())
		.importPackages(BASE);

	private House() {
	}

	static Path root() {
		Path directory = Path.of("").toAbsolutePath();
		while (!Files.isDirectory(directory.resolve("idempotency-spring-boot-starter"))) {
			directory = directory.getParent();
		}
		return directory;
	}

	/**
	 * All Java sources of one tree in every module.
	 * @param tree {@code main} or {@code test}
	 * @return the files
	 */
	static List<Path> sources(String tree) {
		try (Stream<Path> modules = Files.list(root())) {
			return modules.map((module) -> module.resolve("src").resolve(tree).resolve("java"))
				.filter(Files::isDirectory)
				.flatMap(House::javaFiles)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String text(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The lines of a resource of the library that say something.
	 * @param resource its path in the jar
	 * @return no lines if it doesn't exist
	 */
	static List<String> lines(String resource) {
		Path file = root().resolve("idempotency-autoconfigure/target/classes").resolve(resource);
		return !Files.exists(file) ? List.of()
				: text(file).lines()
					.map(String::trim)
					.filter((line) -> !line.isEmpty() && !line.startsWith("#"))
					.toList();
	}

	static Properties properties(String resource) {
		try {
			Properties properties = new Properties();
			properties.load(new StringReader(String.join("\n", lines(resource))));
			return properties;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static List<JavaClass> mainTopLevelTypes() {
		return MAIN.stream().filter(JavaClass::isTopLevelClass).filter((type) -> !isPackageInfo(type)).toList();
	}

	static boolean isPackageInfo(JavaClass type) {
		return type.getSimpleName().equals("package-info");
	}

	private static Stream<Path> javaFiles(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
