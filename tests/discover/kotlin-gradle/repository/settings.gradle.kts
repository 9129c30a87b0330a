rootProject.name = "minutes"
