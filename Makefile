# Every target is a script: read it, or run it without make.
.PHONY: help run stop status logs crictl build test test-full bench

help:
	@echo 'make run        run the pods of manifests/ (RUN=native or RUN=compose forces one way)'
	@echo 'make stop       take all of it down'
	@echo 'make status     the pods, what they wait for, refused files'
	@echo 'make logs       the log of the daemon'
	@echo 'make crictl ARGS="pods"'
	@echo 'make build      node_modules and dist'
	@echo 'make test       types, lint, and every suite; installs what is missing'
	@echo 'make test-full  the long ones: containerd 1.7 and 2.1, Node 24, repeats'
	@echo 'make bench      the performance tables'

run:
	@scripts/run.sh
stop:
	@scripts/stop.sh
status:
	@scripts/status.sh
logs:
	@scripts/logs.sh
crictl:
	@scripts/crictl.sh $(ARGS)
build:
	@scripts/build.sh
test:
	@scripts/test.sh
test-full:
	@scripts/test.sh --full
bench:
	@scripts/bench.sh
