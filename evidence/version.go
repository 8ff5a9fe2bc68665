package evidence

// Version is the program's version.
const Version = "0.1.0"

// Tool names the program in manifests and in the custody log.
const Tool = "Pugmark " + Version
