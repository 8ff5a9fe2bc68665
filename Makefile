# Each target installs what it needs first: scripts/setup says what.

# Chromium can't sandbox itself for root, as in a container. pug takes that as
# an explicit option, and records it in the capture; tests take it from here.
ROOT := $(filter 0,$(shell id -u))
ifdef ROOT
test bench screenshots: export PUGMARK_TEST_NO_SANDBOX = 1
NO_SANDBOX = @echo 'running as root: Chromium runs without its sandbox'
endif

# The revision is stamped into the programs where git can tell it.
VCS := $(shell git rev-parse HEAD >/dev/null 2>&1 || echo -buildvcs=false)

GO := scripts/go

.PHONY: help demo test run build pug pugmark bench package screenshots clean
.NOTPARALLEL:

help:
	@echo 'make demo         capture, seal, export and verify a sample listing with pug'
	@echo 'make run          build the window and open it'
	@echo 'make test         check, build and test everything'
	@echo 'make build        build bin/pug and bin/pugmark'
	@echo 'make bench        run the benchmarks'
	@echo 'make package      make what people install, in dist/'
	@echo 'make screenshots  take the pictures of docs/images anew'
	@echo 'make clean        remove what was built'

demo:
	@scripts/setup demo
	@$(MAKE) --no-print-directory pug
	$(NO_SANDBOX)
	bin/pug demo $(if $(ROOT),--no-sandbox)

run:
	@scripts/setup desktop
	@$(MAKE) --no-print-directory pugmark
	@[ "$$(uname -s)$$DISPLAY$$WAYLAND_DISPLAY" != Linux ] || \
		{ echo 'bin/pugmark is built; to open it, run it where there is a display' >&2; exit 1; }
	bin/pugmark

test:
	@scripts/setup test
	@scripts/check
	@$(MAKE) --no-print-directory pug pugmark
	$(NO_SANDBOX)
	@scripts/test

build:
	@scripts/setup desktop
	@$(MAKE) --no-print-directory pug pugmark

# The two programs; setup must have run. One set of flags for all that uses
# cgo, here and in the tests: another set would build the toolkit's C anew.
pug:
	CGO_ENABLED=0 $(GO) build $(VCS) -o bin/ ./cmd/pug

pugmark:
	CGO_ENABLED=1 $(GO) build $(VCS) -o bin/ ./cmd/pugmark

bench:
	@scripts/setup test
	@scripts/setup-bench
	$(NO_SANDBOX)
	$(GO) test -run '^$$' -bench . -benchtime 3x ./bench/...

package:
	@scripts/setup package
	@scripts/package

screenshots:
	@scripts/setup test
	@$(MAKE) --no-print-directory pug pugmark
	$(NO_SANDBOX)
	@scripts/screenshots

clean:
	rm -rf bin dist .tools
