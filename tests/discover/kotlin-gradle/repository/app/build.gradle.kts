plugins {
    kotlin("jvm") version "2.1.0"
}

dependencies {
    implementation(libs.ktor.server)
    implementation(libs.langchain4j.mistral)
    implementation("com.cohere:cohere-java:1.8.1")
    // implementation("dev.langchain4j:langchain4j-open-ai:1.8.0")
}
